# Computes what a BLAS and a LAPACK are for; prints the answers, who gave them and how long a product
# took. Argument: the size of the product's matrices.

set.seed(7)
x <- matrix(rnorm(300 * 40), 300)
s <- crossprod(x)
z <- matrix(complex(real = rnorm(900), imaginary = rnorm(900)), 30)
b <- complex(real = 1:30, imaginary = 30:1)
fit <- lm(Employed ~ ., datasets::longley)

# how far a decomposition is from what it came from
left <- function(made, given) max(Mod(made - given))
parts <- svd(z)
turned <- qr(z, LAPACK = TRUE)
roots <- eigen(z)
real <- svd(x)
off <- c(
  solve = left(z %*% solve(z, b), b),
  svd = left(parts$u %*% diag(parts$d) %*% Conj(t(parts$v)), z),
  qr = left(qr.Q(turned) %*% qr.R(turned), z[, turned$pivot]),
  eigen = left(z %*% roots$vectors, roots$vectors %*% diag(roots$values)),
  real_svd = left(real$u %*% diag(real$d) %*% t(real$v), x),
  inverse = left(s %*% solve(s), diag(40))
)

# functions that give a complex number, called from Fortran: there conventions differ
folder <- tempfile("dots", path.expand("~"))
dir.create(folder)
setwd(folder)
writeLines(c("      subroutine dots(n, x, y, c, u)", "      integer n",
             "      complex*16 x(n), y(n), c, u, zdotc, zdotu", "      external zdotc, zdotu",
             "      c = zdotc(n, x, 1, y, 1)", "      u = zdotu(n, x, 1, y, 1)", "      end"), "dots.f")
said <- system2("R", c("CMD", "SHLIB", "dots.f", "-lblas"), stdout = TRUE, stderr = TRUE)
dyn.load("dots.so")
dots <- .Fortran("dots", 30L, b, z[, 1], c = 0i, u = 0i)
dots_off <- c(c = left(dots$c, sum(Conj(b) * z[, 1])), u = left(dots$u, sum(b * z[, 1])))
unlink(folder, recursive = TRUE)

size <- as.integer(commandArgs(TRUE)[2])
m <- matrix(runif(size^2), size)
seconds <- min(replicate(3, system.time(m %*% m)[["elapsed"]]))
mapped <- grep("blas|lapack|mkl_rt|mkl_core", readLines("/proc/self/maps"), value = TRUE)
cat(jsonlite::toJSON(list(
  blas = extSoftVersion()[["BLAS"]], lapack = La_library(),
  mapped = I(unique(sub("^[^/]*", "", mapped))),
  answers = list(
    product = sum(x %*% t(x)), lm = unname(coef(fit)), svd = real$d, eigen = eigen(s)$values,
    complex_svd = parts$d, complex_eigen = sort(Mod(roots$values)),
    crossprod = c(Re(sum(crossprod(z))), Im(sum(crossprod(z))))
  ),
  off = as.list(off), dots_off = as.list(dots_off), seconds = seconds
), auto_unbox = TRUE, digits = NA))
