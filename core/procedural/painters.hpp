#pragma once

#include "core/procedural/canvas.hpp"
#include "core/procedural/scene.hpp"

namespace dgxp {

// One painter a kind (kinds.hpp). Each draws one frame of `scene` and takes everything that must
// be the same in all frames from `scene.look` and the prompt alone.

void paint_figure(Canvas& canvas, const Scene& scene);

void paint_slime(Canvas& canvas, const Scene& scene);
void paint_bat(Canvas& canvas, const Scene& scene);

void paint_sword(Canvas& canvas, const Scene& scene);

void paint_potion(Canvas& canvas, const Scene& scene);
void paint_heart(Canvas& canvas, const Scene& scene);
void paint_coin(Canvas& canvas, const Scene& scene);
void paint_key(Canvas& canvas, const Scene& scene);
void paint_gem(Canvas& canvas, const Scene& scene);

void paint_chest(Canvas& canvas, const Scene& scene);
void paint_tree(Canvas& canvas, const Scene& scene);

void paint_panel(Canvas& canvas, const Scene& scene);
void paint_tile(Canvas& canvas, const Scene& scene);

void paint_emblem(Canvas& canvas, const Scene& scene);

}  // namespace dgxp
