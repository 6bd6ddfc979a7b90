/* What Python calls. Energies are electronic; state and adjoint stay in the workspace. */
#include "hamiltonian.h"

double apply_hamiltonian(const Hamiltonian *h, const Workspace *w) { return product_with_hamiltonian(h, w); }

void prepare_state(const Program *p, const Workspace *w, const double *cosine, const double *sine) {
  forward(p, w, cosine, sine);
}

double energy(const Hamiltonian *h, const Program *p, const Workspace *w, const double *cosine, const double *sine) {
  forward(p, w, cosine, sine);
  return product_with_hamiltonian(h, w);
}

/* `gradient` must be zero. */
double energy_and_gradient(const Hamiltonian *h, const Program *p, const Workspace *w, const double *cosine,
                           const double *sine, double *gradient) {
  forward(p, w, cosine, sine);
  const double found = product_with_hamiltonian(h, w);
  backward(1, p, w, cosine, sine, gradient);
  return found;
}

/* Like energy_and_gradient, and the derivatives are those of appending each factor of `pool` at zero. */
double energy_and_pool_gradient(const Hamiltonian *h, const Program *p, const Program *pool, const Workspace *w,
                                const double *cosine, const double *sine, double *gradient) {
  forward(p, w, cosine, sine);
  const double found = product_with_hamiltonian(h, w);
  backward(0, pool, w, 0, 0, gradient);
  return found;
}
