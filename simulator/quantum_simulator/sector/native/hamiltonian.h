/* H|psi> from the tables. */
#ifndef HAMILTONIAN_H
#define HAMILTONIAN_H

#include "circuit.h"

/* y[row] += sum_k value[k] x[column[k]] for all rows, W vectors of them. */
INLINE void add_sparse(const int W, const SparseRows *h, int64_t rows, int64_t stride, const double *x, double *y) {
  for (int64_t row = 0; row < rows; row++) {
    vec sum[W];
    double *target = y + row * stride;
    for (int v = 0; v < W; v++) sum[v] = load(target + LANES * v);
    for (int64_t k = h->start[row]; k < h->start[row + 1]; k++) {
      const vec c = broadcast(h->value[k]);
      const double *source = x + h->column[k] * stride;
      for (int v = 0; v < W; v++) sum[v] += c * load(source + LANES * v);
    }
    for (int v = 0; v < W; v++) store(target + LANES * v, sum[v]);
  }
}

/* What keeps the alpha string, on transposes: y = (H_bb + sum over diagonal P of (P|Q) G_P^a G_Q^b) x. */
INLINE void beta_and_densities(const int W, const Hamiltonian *h, const double *x, double *y, int64_t column) {
  const int64_t stride = h->alpha_width;
  for (int64_t row = 0; row < h->beta_strings; row++) {
    const int64_t own = row * stride + column;
    vec sum[W];
    for (int v = 0; v < W; v++) sum[v] = load(h->diagonal + own + LANES * v) * load(x + own + LANES * v);
    for (int64_t k = h->density_start[row]; k < h->density_start[row + 1]; k++) {
      const double *weight = h->density + h->density_row[k] * stride + column;
      const double *source = x + h->density_column[k] * stride + column;
      for (int v = 0; v < W; v++) sum[v] += load(weight + LANES * v) * load(source + LANES * v);
    }
    for (int64_t k = h->beta.start[row]; k < h->beta.start[row + 1]; k++) {
      const vec c = broadcast(h->beta.value[k]);
      const double *source = x + h->beta.column[k] * stride + column;
      for (int v = 0; v < W; v++) sum[v] += c * load(source + LANES * v);
    }
    for (int v = 0; v < W; v++) store(y + own + LANES * v, sum[v]);
  }
}

/* product = sum_Q (P|Q) G_Q^b packed, times the sign of each lane */
INLINE void mixed_product(const int W, const Hamiltonian *h, int64_t pair, const double *lane_sign,
                          const double *packed, double *product) {
  const double *coupling = h->coupling + pair * h->codes;
  const int64_t *start = h->move_start + h->pair_block[pair] * h->beta_strings;
  const int32_t *column = h->move_column, *code = h->move_code;
  const double *charge = h->pair_charge[pair] < 0 ? 0 : h->charge + h->pair_charge[pair] * h->beta_strings;
  vec sign[W];
  for (int v = 0; v < W; v++) sign[v] = load(lane_sign + LANES * v);
  for (int64_t row = 0; row < h->beta_strings; row++) {
    vec sum[W];
    const vec own = broadcast(charge ? charge[row] : 0.0);
    for (int v = 0; v < W; v++) sum[v] = own * load(packed + LANES * (row * W + v));
    for (int64_t k = start[row]; k < start[row + 1]; k++) {
      const vec c = broadcast(coupling[code[k]]);
      const double *source = packed + (int64_t)LANES * W * column[k];
      for (int v = 0; v < W; v++) sum[v] += c * load(source + LANES * v);
    }
    for (int v = 0; v < W; v++) store(product + LANES * (row * W + v), sign[v] * sum[v]);
  }
}

/* adjoint = H state; returns <state|H|state>. */
static double product_with_hamiltonian(const Hamiltonian *h, const Workspace *w) {
  const int64_t width = h->beta_width;
  double *x = w->state, *y = w->adjoint;
  transpose(x, h->alpha_width, width, w->state_t);
  int64_t vectors = h->alpha_width / LANES;
  int block = block_width(2 * width, vectors, MOST_VECTORS);
  for (int64_t v = 0; v < vectors; v += block) {
#define CALL(W) beta_and_densities(W, h, w->state_t, w->adjoint_t, v * LANES)
    WITH_CONSTANT_WIDTH(vectors - v < block ? vectors - v : block, CALL)
#undef CALL
  }
  const int64_t padding = width - h->beta_strings;
  memset(w->adjoint_t + h->beta_strings * h->alpha_width, 0, sizeof(double) * padding * h->alpha_width);
  transpose(w->adjoint_t, width, h->alpha_width, y);
  memset(y + h->alpha_width * width, 0, sizeof(double) * width);

  vectors = width / LANES;
  block = block_width(2 * h->alpha_width, vectors, MOST_VECTORS);
  for (int64_t v = 0; v < vectors; v += block) {
#define CALL(W) add_sparse(W, &h->alpha, h->alpha_strings, width, x + v * LANES, y + v * LANES)
    WITH_CONSTANT_WIDTH(vectors - v < block ? vectors - v : block, CALL)
#undef CALL
  }

  vectors = h->lanes / LANES;
  block = block_width(width, vectors, 4);
  for (int64_t pair = 0; pair < h->pairs; pair++) {
    if (h->pair_block[pair] < 0) continue;
    for (int64_t v = 0; v < vectors; v += block) {
      const int64_t lanes = (vectors - v < block ? vectors - v : block) * LANES;
      const int64_t k = pair * h->lanes + v * LANES;
      double *product = w->packed_state + width * lanes;
      pack(x, width, h->pair_source + k, lanes, w->packed_state);
#define CALL(W) mixed_product(W, h, pair, h->pair_sign + k, w->packed_state, product)
      WITH_CONSTANT_WIDTH(lanes / LANES, CALL)
#undef CALL
      memset(product + h->beta_strings * lanes, 0, sizeof(double) * padding * lanes);
      unpack(1, y, width, h->pair_target + k, lanes, product);
    }
  }

  vec even = broadcast(0.0), odd = broadcast(0.0);
  for (int64_t i = 0; i < h->alpha_width * width; i += 2 * LANES) {
    even += load(x + i) * load(y + i);
    odd += load(x + i + LANES) * load(y + i + LANES);
  }
  return sum_of_lanes(even + odd);
}

#endif
