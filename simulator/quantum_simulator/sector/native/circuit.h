/* The circuit, forth and back: run by run, each in the layout that makes its rotations contiguous. */
#ifndef CIRCUIT_H
#define CIRCUIT_H

#include <string.h>

#include "rotations.h"

#define FIRST_LEVEL_CACHE 32768   /* bytes */
#define SECOND_LEVEL_CACHE 524288 /* of 1 MiB: the rest is for tables */

/* Two lists of rows of a state, packed one after the other. */
typedef struct {
  const int32_t *source, *target;
  int64_t lanes, width;
} Rows;

static void pack_both(const Rows *rows, const double *state, double *packed) {
  pack(state, rows->width, rows->source, rows->lanes, packed);
  pack(state, rows->width, rows->target, rows->lanes, packed + rows->width * rows->lanes);
}

static void unpack_both(const Rows *rows, double *state, const double *packed) {
  unpack(0, state, rows->width, rows->source, rows->lanes, packed);
  unpack(0, state, rows->width, rows->target, rows->lanes, packed + rows->width * rows->lanes);
}

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void forward(const Program *p, const Workspace *w, const double *cosine, const double *sine) {
  const int64_t width = p->beta_width;
  memset(w->state, 0, sizeof(double) * (p->alpha_width + 1) * width);
  w->state[0] = 1.0;
  for (int64_t run = 0; run < p->runs; run++) {
    Block block = {.first = p->first_factor[run], .last = p->first_factor[run + 1]};
    if (p->kind[run] == MIXED) {
      const int64_t vectors = (p->alpha_stop[run] - p->alpha_start[run]) / LANES;
      const int64_t step = block_width(2 * width, vectors, FIRST_LEVEL_CACHE);
      for (int64_t v = 0; v < vectors; v += step) {
        const int64_t k = p->alpha_start[run] + v * LANES;
        const Rows rows = {p->alpha_source + k, p->alpha_target + k, least(step, vectors - v) * LANES, width};
        block.state = w->packed_state;
        block.stride = rows.lanes;
        block.lane_sign = p->alpha_sign + k;
        pack_both(&rows, w->state, w->packed_state);
        rotate(rows.lanes / LANES, &block, p, cosine, sine);
        unpack_both(&rows, w->state, w->packed_state);
      }
      continue;
    }
    const int is_beta = p->kind[run] == BETA;
    if (is_beta) transpose(w->state, p->alpha_width, width, w->state_t);
    block.stride = is_beta ? p->alpha_width : width;
    block.lane_sign = w->ones;
    const int64_t vectors = block.stride / LANES;
    const int64_t step = block_width(is_beta ? width : p->alpha_width, vectors, SECOND_LEVEL_CACHE);
    for (int64_t v = 0; v < vectors; v += step) {
      block.state = (is_beta ? w->state_t : w->state) + v * LANES;
      rotate(least(step, vectors - v), &block, p, cosine, sine);
    }
    if (is_beta) transpose(w->state_t, width, p->alpha_width, w->state);
  }
}

/* Go back through the factors and add 2 <adjoint|(T - T^+)|state> of each to the gradient; `undo` them on the way, or
 * leave state and adjoint as they are. */
static void backward(int undo, const Program *p, const Workspace *w, const double *cosine, const double *sine,
                     double *gradient) {
  const int64_t width = p->beta_width;
  for (int64_t run = p->runs - 1; run >= 0; run--) {
    Block block = {.first = p->first_factor[run], .last = p->first_factor[run + 1]};
    if (p->kind[run] == MIXED) {
      const int64_t vectors = (p->alpha_stop[run] - p->alpha_start[run]) / LANES;
      const int64_t step = block_width(4 * width, vectors, FIRST_LEVEL_CACHE);
      for (int64_t v = 0; v < vectors; v += step) {
        const int64_t k = p->alpha_start[run] + v * LANES;
        const Rows rows = {p->alpha_source + k, p->alpha_target + k, least(step, vectors - v) * LANES, width};
        block.state = w->packed_state;
        block.adjoint = w->packed_adjoint;
        block.stride = rows.lanes;
        block.lane_sign = p->alpha_sign + k;
        pack_both(&rows, w->state, w->packed_state);
        pack_both(&rows, w->adjoint, w->packed_adjoint);
        if (!undo) {
          add_overlaps(rows.lanes / LANES, &block, p, gradient);
          continue;
        }
        rotate_back(rows.lanes / LANES, &block, p, cosine, sine, gradient);
        unpack_both(&rows, w->state, w->packed_state);
        unpack_both(&rows, w->adjoint, w->packed_adjoint);
      }
      continue;
    }
    const int is_beta = p->kind[run] == BETA;
    if (is_beta) {
      transpose(w->state, p->alpha_width, width, w->state_t);
      transpose(w->adjoint, p->alpha_width, width, w->adjoint_t);
    }
    block.stride = is_beta ? p->alpha_width : width;
    block.lane_sign = w->ones;
    const int64_t vectors = block.stride / LANES;
    const int64_t step = block_width(2 * (is_beta ? width : p->alpha_width), vectors, SECOND_LEVEL_CACHE);
    for (int64_t v = 0; v < vectors; v += step) {
      block.state = (is_beta ? w->state_t : w->state) + v * LANES;
      block.adjoint = (is_beta ? w->adjoint_t : w->adjoint) + v * LANES;
      if (undo)
        rotate_back(least(step, vectors - v), &block, p, cosine, sine, gradient);
      else
        add_overlaps(least(step, vectors - v), &block, p, gradient);
    }
    if (is_beta && undo) {
      transpose(w->state_t, width, p->alpha_width, w->state);
      transpose(w->adjoint_t, width, p->alpha_width, w->adjoint);
    }
  }
}

#endif
