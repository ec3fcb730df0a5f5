#!/usr/bin/env bash
# stb_pack.sh LIST: the least page that stb_rect_pack finds for the sizes in LIST ("width height" a line),
# as "width height ms_a_pack ms_altogether". The header is Debian's: installed, or unpacked below the cache.
set -euo pipefail
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dgxp-bench/stb
mkdir -p "$cache"
header=/usr/include/stb/stb_rect_pack.h
if [ ! -f "$header" ]; then
  header=$cache/usr/include/stb/stb_rect_pack.h
  if [ ! -f "$header" ]; then

    (cd "$cache" && timeout 60 apt-get download libstb-dev && dpkg -x libstb-dev_*.deb .) >&2
  fi
fi
cat >"$cache/stb_pack.c" <<'C'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#define STB_RECT_PACK_IMPLEMENTATION
#include "stb_rect_pack.h"
static stbrp_rect rects[100000];
static stbrp_node nodes[8192];
static int count, packs;
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
static int fits(int width, int height) {
  stbrp_context context;
  packs++;
  stbrp_init_target(&context, width, height, nodes, width);
  return stbrp_pack_rects(&context, rects, count);
}
int main(int argc, char **argv) {
  FILE *list = fopen(argv[argc - 1], "r");
  double area = 0, best = 1e30, start, used;
  int best_width = 0, best_height = 0, step;
  while (count < 100000 && fscanf(list, "%d %d", &rects[count].w, &rects[count].h) == 2) {
    area += (double)rects[count].w * rects[count].h;
    count++;
  }
  start = seconds();
  for (step = -10; step <= 10; step++) {  /* widths around the square; the least height of each */
    const int width = (int)ceil(sqrt(area) * (1 + 0.02 * step));
    int low = (int)(area / width), high = 2 * low;
    if (width > 8192 || !fits(width, high)) continue;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      if (fits(width, middle)) high = middle; else low = middle;
    }
    if ((double)width * high < best) {
      best = (double)width * high;
      best_width = width;
      best_height = high;
    }
  }
  used = seconds() - start;
  printf("%d %d %.3f %.1f\n", best_width, best_height, 1e3 * used / packs, 1e3 * used);
  return 0;
}
C
cc -O2 -I"$(dirname "$header")" -o "$cache/stb_pack" "$cache/stb_pack.c" -lm
"$cache/stb_pack" "$1"
