/* The circuit, forth and back: run by run, each in the layout that makes its rotations contiguous. */
#ifndef CIRCUIT_H
#define CIRCUIT_H

#include <string.h>

#include "rotations.h"

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

/* A run of one spin on as many vectors of columns as are given. */
static Block columns(const Program *p, const Workspace *w, int64_t run) {
  const int is_beta = p->kind[run] == BETA;
  return (Block){.state = is_beta ? w->state_t : w->state,
                 .adjoint = is_beta ? w->adjoint_t : w->adjoint,
                 .stride = is_beta ? p->alpha_width : p->beta_width,
                 .lane_sign = w->ones,
                 .first = p->first_factor[run],
                 .last = p->first_factor[run + 1]};
}

/* Write a vector to the first column of `matrix`, and zeros to the columns of the same vectors. */
static void set_column(double *matrix, int64_t rows, int64_t stride, const double *vector) {
  for (int64_t i = 0; i < rows; i++) {
    store(matrix + i * stride, broadcast(0.0));
    matrix[i * stride] = vector[i];
  }
}

static void get_column(const double *matrix, int64_t rows, int64_t stride, double *vector) {
  for (int64_t i = 0; i < rows; i++) vector[i] = matrix[i * stride];
}

/* Before the first mixed run, the state is a product: a vector over the alpha strings times one over the beta strings.
 * Only they are rotated, each as a column. */
static void product_state(const Program *p, const Workspace *w, const double *cosine, const double *sine) {
  const int64_t rows = p->alpha_width, width = p->beta_width;
  memset(w->alpha_vector, 0, sizeof(double) * rows);
  memset(w->beta_vector, 0, sizeof(double) * width);
  w->alpha_vector[0] = w->beta_vector[0] = 1.0;
  set_column(w->state, rows, width, w->alpha_vector);
  set_column(w->state_t, width, rows, w->beta_vector);
  for (int64_t run = 0; run < p->product_runs; run++) {
    const Block block = columns(p, w, run);
    rotate(1, &block, p, cosine, sine);
  }
  get_column(w->state, rows, width, w->alpha_vector);
  get_column(w->state_t, width, rows, w->beta_vector);
  for (int64_t i = 0; i < rows; i++) {
    const vec a = broadcast(w->alpha_vector[i]);
    for (int64_t j = 0; j < width; j += LANES) store(w->state + i * width + j, a * load(w->beta_vector + j));
  }
  memset(w->state + rows * width, 0, sizeof(double) * width);
}

/* The derivatives of the product's factors: the adjoint is contracted with either vector, for the other spin. */
static void product_gradient(const Program *p, const Workspace *w, const double *cosine, const double *sine,
                             double *gradient) {
  const int64_t rows = p->alpha_width, width = p->beta_width;
  double *for_alpha = w->packed_state, *for_beta = w->packed_adjoint;
  memset(for_beta, 0, sizeof(double) * width);
  for (int64_t i = 0; i < rows; i++) {
    const double *adjoint = w->adjoint + i * width;
    const vec a = broadcast(w->alpha_vector[i]);
    vec sum = broadcast(0.0);
    for (int64_t j = 0; j < width; j += LANES) {
      sum += load(adjoint + j) * load(w->beta_vector + j);
      store(for_beta + j, load(for_beta + j) + a * load(adjoint + j));
    }
    for_alpha[i] = sum_of_lanes(sum);
  }
  set_column(w->state, rows, width, w->alpha_vector);
  set_column(w->adjoint, rows, width, for_alpha);
  set_column(w->state_t, width, rows, w->beta_vector);
  set_column(w->adjoint_t, width, rows, for_beta);
  for (int64_t run = p->product_runs - 1; run >= 0; run--) {
    const Block block = columns(p, w, run);
    rotate_back(1, &block, p, cosine, sine, gradient);
  }
}

static void forward(const Program *p, const Workspace *w, const double *cosine, const double *sine) {
  const int64_t width = p->beta_width;
  product_state(p, w, cosine, sine);
  for (int64_t run = p->product_runs; run < p->runs; run++) {
    Block block = columns(p, w, run);
    if (p->kind[run] == MIXED) {
      const int64_t vectors = (p->alpha_stop[run] - p->alpha_start[run]) / LANES;
      const int64_t step = block_width(2 * width, vectors, 1);
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
    const int64_t vectors = block.stride / LANES;
    const int64_t step = block_width(is_beta ? width : p->alpha_width, vectors, MOST_VECTORS);
    for (int64_t v = 0; v < vectors; v += step, block.state += step * LANES)
      rotate(least(step, vectors - v), &block, p, cosine, sine);
    if (is_beta) transpose(w->state_t, width, p->alpha_width, w->state);
  }
}

/* Go back through the factors and add 2 <adjoint|(T - T^+)|state> of each to the gradient; `undo` them on the way, or
 * leave state and adjoint as they are. */
static void backward(int undo, const Program *p, const Workspace *w, const double *cosine, const double *sine,
                     double *gradient) {
  const int64_t width = p->beta_width;
  const int64_t end = undo ? p->product_runs : 0;
  for (int64_t run = p->runs - 1; run >= end; run--) {
    Block block = columns(p, w, run);
    if (p->kind[run] == MIXED) {
      const int64_t vectors = (p->alpha_stop[run] - p->alpha_start[run]) / LANES;
      const int64_t step = block_width(4 * width, vectors, 1);
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
    const int64_t vectors = block.stride / LANES;
    const int64_t step = block_width(2 * (is_beta ? width : p->alpha_width), vectors, MOST_VECTORS);
    for (int64_t v = 0; v < vectors; v += step, block.state += step * LANES, block.adjoint += step * LANES) {
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
  if (undo) product_gradient(p, w, cosine, sine, gradient);
}

#endif
