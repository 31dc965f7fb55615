#include <R.h>
#include <Rinternals.h>

SEXP squares_c(SEXP x) {
    SEXP y = PROTECT(allocVector(REALSXP, XLENGTH(x)));
    for (R_xlen_t i = 0; i < XLENGTH(x); i++)
        REAL(y)[i] = REAL(x)[i] * REAL(x)[i];
    UNPROTECT(1);
    return y;
}
