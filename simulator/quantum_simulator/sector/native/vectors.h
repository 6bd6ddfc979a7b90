/* Vectors of the widest registers there are, and transposes of square tiles of them.
 *
 * GCC's and Clang's vector extensions: the same source becomes AVX-512, AVX, SSE2 or NEON. LANES divides 8, to which
 * all rows are padded. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

#if defined(__AVX__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif

#define INLINE static inline __attribute__((always_inline))

/* aligned(8): rows begin at cache lines, which is what counts; a vector elsewhere is slow and no fault */
typedef double vec __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

INLINE vec load(const double *p) { return *(const vec *)p; }
INLINE void store(double *p, vec x) { *(vec *)p = x; }
INLINE vec broadcast(double x) { return x - (vec){0.0}; }

/* Always in the same order, so that the same input gives the same bits. */
INLINE double sum_of_lanes(vec x) {
  double sum = 0.0;
  for (int lane = 0; lane < LANES; lane++) sum += x[lane];
  return sum;
}

/* out[c][r] = rows[r][c]; halves of rows are joined while they are loaded, which spares a third of the shuffles. */
#if LANES == 8
INLINE vec joined(const double *low, const double *high) {
  return (vec)_mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(low)), _mm256_loadu_pd(high), 1);
}

INLINE vec chosen(vec a, __m512i lanes, vec b) { return (vec)_mm512_permutex2var_pd((__m512d)a, lanes, (__m512d)b); }

INLINE void transposed(const double *const *rows, vec *out) {
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const __m512i second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  for (int h = 0; h < 8; h += 4) {
    vec a = joined(rows[0] + h, rows[4] + h), b = joined(rows[1] + h, rows[5] + h);
    vec c = joined(rows[2] + h, rows[6] + h), d = joined(rows[3] + h, rows[7] + h);
    vec ab02 = (vec)_mm512_unpacklo_pd((__m512d)a, (__m512d)b), ab13 = (vec)_mm512_unpackhi_pd((__m512d)a, (__m512d)b);
    vec cd02 = (vec)_mm512_unpacklo_pd((__m512d)c, (__m512d)d), cd13 = (vec)_mm512_unpackhi_pd((__m512d)c, (__m512d)d);
    out[h + 0] = chosen(ab02, first, cd02);
    out[h + 1] = chosen(ab13, first, cd13);
    out[h + 2] = chosen(ab02, second, cd02);
    out[h + 3] = chosen(ab13, second, cd13);
  }
}
#elif LANES == 4
INLINE __m256d joined(const double *low, const double *high) {
  return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(low)), _mm_loadu_pd(high), 1);
}

INLINE void transposed(const double *const *rows, vec *out) {
  for (int h = 0; h < 4; h += 2) {
    __m256d a = joined(rows[0] + h, rows[2] + h), b = joined(rows[1] + h, rows[3] + h);
    out[h + 0] = (vec)_mm256_unpacklo_pd(a, b);
    out[h + 1] = (vec)_mm256_unpackhi_pd(a, b);
  }
}
#else
INLINE void transposed(const double *const *rows, vec *out) {
  out[0] = (vec){rows[0][0], rows[1][0]};
  out[1] = (vec){rows[0][1], rows[1][1]};
}
#endif

/* Run CALL(w) with the constant w that `width` is, 1 to 8, so that loops over w vectors stay in registers. */
#define WITH_CONSTANT_WIDTH(width, CALL) \
  switch (width) { \
    case 1: CALL(1); break; \
    case 2: CALL(2); break; \
    case 3: CALL(3); break; \
    case 4: CALL(4); break; \
    case 5: CALL(5); break; \
    case 6: CALL(6); break; \
    case 7: CALL(7); break; \
    default: CALL(8); break; \
  }
#define MOST_VECTORS 8

#define FIRST_LEVEL_CACHE 32768   /* bytes */
#define SECOND_LEVEL_CACHE 524288 /* of 1 MiB: the rest is for tables */

/* How many of `vectors` vectors of each of `rows` rows to take at once, 1 to MOST_VECTORS: what the first cache holds,
 * or, where that is less than `least`, what the second holds. */
INLINE int block_width(int64_t rows, int64_t vectors, int least) {
  const int64_t bytes = (rows + 1) * (int64_t)sizeof(vec);
  int64_t most = FIRST_LEVEL_CACHE / bytes;
  if (most < least) most = SECOND_LEVEL_CACHE / bytes;
  if (most > MOST_VECTORS) most = MOST_VECTORS;
  if (most < 1) most = 1;
  if (vectors <= most) return vectors > 0 ? (int)vectors : 1;
  const int64_t blocks = (vectors + most - 1) / most;
  return (int)((vectors + blocks - 1) / blocks);
}

/* b[j][i] = a[i][j] for all rows i of a, columns j; both counts divide by 8. */
static void transpose(const double *a, int64_t rows, int64_t columns, double *b) {
  for (int64_t i = 0; i < rows; i += LANES)
    for (int64_t j = 0; j < columns; j += LANES) {
      const double *row[LANES];
      vec out[LANES];
      for (int r = 0; r < LANES; r++) row[r] = a + (i + r) * columns + j;
      transposed(row, out);
      for (int c = 0; c < LANES; c++) store(b + (j + c) * rows + i, out[c]);
    }
}

/* packed[b][k] = state[string[k]][b] for `lanes` strings and all b; lanes and width divide by LANES. */
static void pack(const double *state, int64_t width, const int32_t *string, int64_t lanes, double *packed) {
  for (int64_t k = 0; k < lanes; k += LANES)
    for (int64_t b = 0; b < width; b += LANES) {
      const double *row[LANES];
      vec out[LANES];
      for (int r = 0; r < LANES; r++) row[r] = state + string[k + r] * width + b;
      transposed(row, out);
      for (int c = 0; c < LANES; c++) store(packed + (b + c) * lanes + k, out[c]);
    }
}

/* state[string[k]][b] = packed[b][k], or += where `add`; strings that occur twice are rows of zeros. */
INLINE void unpack(const int add, double *state, int64_t width, const int32_t *string, int64_t lanes,
                   const double *packed) {
  for (int64_t k = 0; k < lanes; k += LANES)
    for (int64_t b = 0; b < width; b += LANES) {
      const double *row[LANES];
      vec out[LANES];
      for (int r = 0; r < LANES; r++) row[r] = packed + (b + r) * lanes + k;
      transposed(row, out);
      for (int c = 0; c < LANES; c++) {
        double *target = state + string[k + c] * width + b;
        if (add) out[c] += load(target);
        store(target, out[c]);
      }
    }
}

#endif
