#pragma once

#include "core/procedural/canvas.hpp"
#include "core/procedural/scene.hpp"

namespace dgxp {

// One painter a kind (kinds.hpp). Each draws one frame of `scene` and takes everything that must
// be the same in all frames from `scene.look` and the prompt alone.

void paint_figure(Canvas& canvas, const Scene& scene);

void paint_slime(Canvas& canvas, const Scene& scene);
void paint_bat(Canvas& canvas, const Scene& scene);
void paint_ghost(Canvas& canvas, const Scene& scene);
void paint_spider(Canvas& canvas, const Scene& scene);
void paint_snake(Canvas& canvas, const Scene& scene);
void paint_eyeball(Canvas& canvas, const Scene& scene);
void paint_beast(Canvas& canvas, const Scene& scene);
void paint_bird(Canvas& canvas, const Scene& scene);

void paint_sword(Canvas& canvas, const Scene& scene);
void paint_axe(Canvas& canvas, const Scene& scene);
void paint_spear(Canvas& canvas, const Scene& scene);
void paint_hammer(Canvas& canvas, const Scene& scene);
void paint_staff(Canvas& canvas, const Scene& scene);
void paint_bow(Canvas& canvas, const Scene& scene);
void paint_arrow(Canvas& canvas, const Scene& scene);
void paint_bomb(Canvas& canvas, const Scene& scene);

void paint_shield(Canvas& canvas, const Scene& scene);
void paint_ring(Canvas& canvas, const Scene& scene);
void paint_amulet(Canvas& canvas, const Scene& scene);
void paint_armour(Canvas& canvas, const Scene& scene);
void paint_helmet(Canvas& canvas, const Scene& scene);
void paint_boots(Canvas& canvas, const Scene& scene);
void paint_crown(Canvas& canvas, const Scene& scene);

void paint_pickaxe(Canvas& canvas, const Scene& scene);
void paint_shovel(Canvas& canvas, const Scene& scene);
void paint_torch(Canvas& canvas, const Scene& scene);
void paint_lantern(Canvas& canvas, const Scene& scene);
void paint_rope(Canvas& canvas, const Scene& scene);
void paint_key(Canvas& canvas, const Scene& scene);

void paint_potion(Canvas& canvas, const Scene& scene);
void paint_gem(Canvas& canvas, const Scene& scene);
void paint_coin(Canvas& canvas, const Scene& scene);
void paint_heart(Canvas& canvas, const Scene& scene);
void paint_star(Canvas& canvas, const Scene& scene);
void paint_skull(Canvas& canvas, const Scene& scene);
void paint_gear(Canvas& canvas, const Scene& scene);
void paint_map(Canvas& canvas, const Scene& scene);
void paint_scroll(Canvas& canvas, const Scene& scene);
void paint_book(Canvas& canvas, const Scene& scene);
void paint_speaker(Canvas& canvas, const Scene& scene);

void paint_apple(Canvas& canvas, const Scene& scene);
void paint_bread(Canvas& canvas, const Scene& scene);
void paint_cheese(Canvas& canvas, const Scene& scene);
void paint_meat(Canvas& canvas, const Scene& scene);
void paint_mushroom(Canvas& canvas, const Scene& scene);
void paint_carrot(Canvas& canvas, const Scene& scene);
void paint_egg(Canvas& canvas, const Scene& scene);
void paint_fish(Canvas& canvas, const Scene& scene);

void paint_tree(Canvas& canvas, const Scene& scene);
void paint_bush(Canvas& canvas, const Scene& scene);
void paint_rock(Canvas& canvas, const Scene& scene);
void paint_flower(Canvas& canvas, const Scene& scene);
void paint_fire(Canvas& canvas, const Scene& scene);
void paint_cactus(Canvas& canvas, const Scene& scene);

void paint_chest(Canvas& canvas, const Scene& scene);
void paint_barrel(Canvas& canvas, const Scene& scene);
void paint_crate(Canvas& canvas, const Scene& scene);
void paint_door(Canvas& canvas, const Scene& scene);
void paint_house(Canvas& canvas, const Scene& scene);
void paint_grave(Canvas& canvas, const Scene& scene);
void paint_pot(Canvas& canvas, const Scene& scene);
void paint_sign(Canvas& canvas, const Scene& scene);

void paint_panel(Canvas& canvas, const Scene& scene);
void paint_button(Canvas& canvas, const Scene& scene);
void paint_tile(Canvas& canvas, const Scene& scene);

void paint_emblem(Canvas& canvas, const Scene& scene);

}  // namespace dgxp
