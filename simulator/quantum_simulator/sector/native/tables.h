/* The tables; the structures mirror the Python ones of the same names, field by field. */
#ifndef TABLES_H
#define TABLES_H

#include <stdint.h>

enum { ALPHA, BETA, MIXED };

typedef struct {
  const int64_t *start;
  const int32_t *column;
  const double *value;
} SparseRows;

typedef struct {
  int64_t alpha_strings, beta_strings, alpha_width, beta_width;
  SparseRows alpha, beta;
  int64_t pairs, lanes;
  const int32_t *pair_source, *pair_target;
  const double *pair_sign;
  const int64_t *pair_block, *pair_charge;
  const double *charge;
  const int64_t *move_start;
  const int32_t *move_column, *move_code;
  int64_t codes;
  const double *coupling;
  const int64_t *density_start;
  const int32_t *density_column, *density_row;
  const double *density, *diagonal;
} Hamiltonian;

typedef struct {
  int64_t alpha_width, beta_width, runs, product_runs;
  const int64_t *kind, *first_factor, *alpha_start, *alpha_stop;
  const int32_t *alpha_source, *alpha_target;
  const double *alpha_sign;
  const int64_t *pair_start, *pair_stop;
  const int32_t *source, *target;
  const int64_t *parameter;
  const double *coefficient;
} Program;

typedef struct {
  double *state, *adjoint, *state_t, *adjoint_t, *packed_state, *packed_adjoint;
  double *alpha_vector, *beta_vector;
  const double *ones;
} Workspace;

#endif
