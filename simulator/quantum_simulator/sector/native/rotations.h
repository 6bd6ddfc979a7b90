/* Givens rotations of pairs of rows, and the derivatives by their angles. */
#ifndef ROTATIONS_H
#define ROTATIONS_H

#include "tables.h"
#include "vectors.h"

/* Some columns of the rows that the factors `first` to `last` of a program rotate. */
typedef struct {
  double *state, *adjoint; /* shape (rows, stride), from the first column */
  int64_t stride;
  const double *lane_sign; /* of each column */
  int64_t first, last;
} Block;

INLINE void rotate_vectors(const int W, const Block *block, const Program *p, const double *cosine,
                           const double *sine) {
  const int32_t *source = p->source, *target = p->target;
  double *const x = block->state;
  const int64_t stride = block->stride;
  for (int64_t f = block->first; f < block->last; f++) {
    const int64_t stop = p->pair_stop[f];
    const vec c = broadcast(cosine[f]);
    vec s[W];
    for (int v = 0; v < W; v++) s[v] = broadcast(sine[f]) * load(block->lane_sign + LANES * v);
    for (int64_t k = p->pair_start[f]; k < stop; k++) {
      double *const a = x + source[k] * stride, *const b = x + target[k] * stride;
      for (int v = 0; v < W; v++) {
        const vec i = load(a + LANES * v), j = load(b + LANES * v);
        store(a + LANES * v, c * i - s[v] * j);
        store(b + LANES * v, c * j + s[v] * i);
      }
    }
  }
}

/* Apply the factors to the state. */
static void rotate(int width, const Block *block, const Program *p, const double *cosine, const double *sine) {
#define CALL(W) rotate_vectors(W, block, p, cosine, sine)
  WITH_CONSTANT_WIDTH(width, CALL)
#undef CALL
}

INLINE void add_to_gradient(const int W, const vec *overlap, const Block *block, const Program *p, int64_t factor,
                            double *gradient) {
  vec sum = broadcast(0.0);
  for (int v = 0; v < W; v++) sum += overlap[v] * load(block->lane_sign + LANES * v);
  gradient[p->parameter[factor]] += 2.0 * p->coefficient[factor] * sum_of_lanes(sum);
}

INLINE void rotate_vectors_back(const int W, const Block *block, const Program *p, const double *cosine,
                                const double *sine, double *gradient) {
  const int32_t *source = p->source, *target = p->target;
  double *const x = block->state, *const y = block->adjoint;
  const int64_t stride = block->stride;
  for (int64_t f = block->last - 1; f >= block->first; f--) {
    const int64_t stop = p->pair_stop[f];
    const vec c = broadcast(cosine[f]);
    vec s[W], overlap[W];
    for (int v = 0; v < W; v++) {
      s[v] = broadcast(sine[f]) * load(block->lane_sign + LANES * v);
      overlap[v] = broadcast(0.0);
    }
    for (int64_t k = p->pair_start[f]; k < stop; k++) {
      const int64_t to_source = source[k] * stride, to_target = target[k] * stride;
      double *const a = x + to_source, *const b = x + to_target, *const d = y + to_source, *const e = y + to_target;
      for (int v = 0; v < W; v++) {
        const vec i = load(a + LANES * v), j = load(b + LANES * v);
        const vec m = load(d + LANES * v), n = load(e + LANES * v);
        overlap[v] += n * i - m * j;
        store(a + LANES * v, c * i + s[v] * j);
        store(b + LANES * v, c * j - s[v] * i);
        store(d + LANES * v, c * m + s[v] * n);
        store(e + LANES * v, c * n - s[v] * m);
      }
    }
    add_to_gradient(W, overlap, block, p, f, gradient);
  }
}

/* Undo the factors on state and adjoint, the last one first, and add 2 <adjoint|(T - T^+)|state> to the gradient. */
static void rotate_back(int width, const Block *block, const Program *p, const double *cosine, const double *sine,
                        double *gradient) {
#define CALL(W) rotate_vectors_back(W, block, p, cosine, sine, gradient)
  WITH_CONSTANT_WIDTH(width, CALL)
#undef CALL
}

INLINE void add_vector_overlaps(const int W, const Block *block, const Program *p, double *gradient) {
  for (int64_t f = block->first; f < block->last; f++) {
    vec overlap[W];
    for (int v = 0; v < W; v++) overlap[v] = broadcast(0.0);
    for (int64_t k = p->pair_start[f]; k < p->pair_stop[f]; k++) {
      const int64_t a = p->source[k] * block->stride, b = p->target[k] * block->stride;
      for (int v = 0; v < W; v++)
        overlap[v] += load(block->adjoint + b + LANES * v) * load(block->state + a + LANES * v) -
                      load(block->adjoint + a + LANES * v) * load(block->state + b + LANES * v);
    }
    add_to_gradient(W, overlap, block, p, f, gradient);
  }
}

/* Only add 2 <adjoint|(T - T^+)|state> of each factor to the gradient. */
static void add_overlaps(int width, const Block *block, const Program *p, double *gradient) {
#define CALL(W) add_vector_overlaps(W, block, p, gradient)
  WITH_CONSTANT_WIDTH(width, CALL)
#undef CALL
}

#endif
