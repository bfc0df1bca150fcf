/* KP-ABE (FABEO, Riepel, Wee, CCS 2022) on blst: how fast the same sums run as C and assembly.
 *
 * For measuring only: nothing in Carelet uses it. The policy is a conjunction of n attributes, each once. Reads lines
 * `operation n times` and answers each with the milliseconds one took: pairing, keygen, encaps (attributes hashed before), decaps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "blst.h"

enum { LONGEST = 256, BITS = 255 };
static const char DST[] = "CARELET-KPABE-V1-ATTR_BLS12381G1_XMD:SHA-256_SSWU_RO_";

typedef struct { byte le[32]; } scalar;

static void refuse(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

static scalar anyScalar(void) {
  static FILE *source;
  byte wide[64];
  blst_scalar reduced;
  scalar out;
  if (!source && !(source = fopen("/dev/urandom", "rb"))) refuse("no randomness");
  if (fread(wide, 1, sizeof wide, source) != sizeof wide) refuse("no randomness");
  blst_scalar_from_le_bytes(&reduced, wide, sizeof wide);
  blst_lendian_from_scalar(out.le, &reduced);
  return out;
}

/* last = alpha - sum of the others: the shares of an `and`. */
static void shareOut(const scalar *alpha, scalar *shares, int n) {
  blst_fr rest, one;
  blst_scalar s;
  blst_scalar_from_lendian(&s, alpha->le);
  blst_fr_from_scalar(&rest, &s);
  for (int i = 0; i < n - 1; i++) {
    shares[i] = anyScalar();
    blst_scalar_from_lendian(&s, shares[i].le);
    blst_fr_from_scalar(&one, &s);
    blst_fr_sub(&rest, &rest, &one);
  }
  blst_scalar_from_fr(&s, &rest);
  blst_lendian_from_scalar(shares[n - 1].le, &s);
}

static blst_p1 hashed(int attribute) {
  char name[32];
  blst_p1 point;
  int length = snprintf(name, sizeof name, "l:attribute-%d", attribute);
  blst_hash_to_g1(&point, (const byte *)name, (size_t)length, (const byte *)DST, sizeof DST - 1, NULL, 0);
  return point;
}

static blst_fp12 power(const blst_fp12 *base, const scalar *by) {
  blst_fp12 out = *blst_fp12_one();
  for (int bit = BITS - 1; bit >= 0; bit--) {
    blst_fp12_cyclotomic_sqr(&out, &out);
    if ((by->le[bit >> 3] >> (bit & 7)) & 1) blst_fp12_mul(&out, &out, base);
  }
  return out;
}

static blst_fp12 pairing(const blst_p1 *p, const blst_p2 *q) {
  blst_p1_affine pa;
  blst_p2_affine qa;
  blst_fp12 out;
  blst_p1_to_affine(&pa, p);
  blst_p2_to_affine(&qa, q);
  blst_miller_loop(&out, &qa, &pa);
  blst_final_exp(&out, &out);
  return out;
}

static scalar alpha;
static blst_fp12 A;
static blst_p1 cache[LONGEST];
static blst_p1 D[LONGEST], C[LONGEST];
static blst_p2 K, C0;
static blst_fp12 sealed;

static void keygen(int n) {
  scalar shares[LONGEST], r = anyScalar();
  shareOut(&alpha, shares, n);
  blst_p2_mult(&K, blst_p2_generator(), r.le, BITS);
  for (int i = 0; i < n; i++) {
    blst_p1 left, right, h = hashed(i);
    blst_p1_mult(&left, blst_p1_generator(), shares[i].le, BITS);
    blst_p1_mult(&right, &h, r.le, BITS);
    blst_p1_add_or_double(&D[i], &left, &right);
  }
}

static void encaps(int n) {
  scalar s = anyScalar();
  blst_p2_mult(&C0, blst_p2_generator(), s.le, BITS);
  for (int i = 0; i < n; i++) blst_p1_mult(&C[i], &cache[i], s.le, BITS);
  sealed = power(&A, &s);
}

/* K = e(product of D, C0) / e(product of C, K), as one product of two Miller loops. */
static blst_fp12 decaps(int n) {
  blst_p1 d = D[0], c = C[0];
  blst_p1_affine left, right;
  blst_p2_affine c0, k;
  blst_fp12 one, two;
  for (int i = 1; i < n; i++) {
    blst_p1_add_or_double(&d, &d, &D[i]);
    blst_p1_add_or_double(&c, &c, &C[i]);
  }
  blst_p1_cneg(&c, 1);
  blst_p1_to_affine(&left, &d);
  blst_p1_to_affine(&right, &c);
  blst_p2_to_affine(&c0, &C0);
  blst_p2_to_affine(&k, &K);
  blst_miller_loop(&one, &c0, &left);
  blst_miller_loop(&two, &k, &right);
  blst_fp12_mul(&one, &one, &two);
  blst_final_exp(&one, &one);
  return one;
}

static void once(const char *what, int n) {
  if (!strcmp(what, "pairing")) pairing(&cache[0], &C0);
  else if (!strcmp(what, "keygen")) keygen(n);
  else if (!strcmp(what, "encaps")) encaps(n);
  else if (!strcmp(what, "decaps")) decaps(n);
  else refuse("there is no such operation");
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

int main(void) {
  char what[32];
  int n, times;
  blst_p1 ofAlpha;
  alpha = anyScalar();
  blst_p1_mult(&ofAlpha, blst_p1_generator(), alpha.le, BITS);
  A = pairing(&ofAlpha, blst_p2_generator());
  for (int i = 0; i < LONGEST; i++) cache[i] = hashed(i);
  while (scanf("%31s %d %d", what, &n, &times) == 3) {
    if (n < 1 || n > LONGEST || times < 1) refuse("1 to 256 attributes, once at least");
    keygen(n);
    encaps(n);
    blst_fp12 opened = decaps(n);
    if (!blst_fp12_is_equal(&opened, &sealed)) refuse("it does not open");
    double began = now();
    for (int i = 0; i < times; i++) once(what, n);
    printf("%.9f\n", (now() - began) / times);
    fflush(stdout);
  }
  return 0;
}
