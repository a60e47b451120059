# Makes a repository in CRAN's layout with one package of C and Fortran, and installs from it in a new home.

folder <- tempfile()
source <- file.path(folder, "fixture")
dir.create(file.path(source, "src"), recursive = TRUE)
dir.create(file.path(source, "R"))
write <- function(path, ...) writeLines(c(...), file.path(source, path))
write("DESCRIPTION", "Package: fixture", "Version: 1.2.3", "Title: A Fixture", "Author: burnish",
      "Maintainer: burnish <burnish@example.com>", "Description: Stands in for a package of CRAN.",
      "License: Apache License 2.0", "NeedsCompilation: yes")
write("NAMESPACE", "useDynLib(fixture)", "export(twice)", "export(dot)")
write("R/code.R", "twice <- function(x) .Call('twice', as.double(x), PACKAGE = 'fixture')",
      "dot <- function(x, y) .Fortran('dotted', length(x), as.double(x), as.double(y),",
      "  answer = double(1), PACKAGE = 'fixture')$answer")
write("src/twice.c", "#include <Rinternals.h>",
      "SEXP twice(SEXP x) { return ScalarReal(2 * asReal(x)); }")
write("src/dotted.f", "      subroutine dotted(n, x, y, answer)", "      integer n",
      "      double precision x(n), y(n), answer, ddot", "      external ddot",
      "      answer = ddot(n, x, 1, y, 1)", "      end")
write("src/Makevars", "PKG_LIBS = $(LAPACK_LIBS) $(BLAS_LIBS) $(FLIBS)")

place <- file.path(folder, "cran", "src", "contrib")
dir.create(place, recursive = TRUE)
setwd(place)
built <- system2("R", c("CMD", "build", source), stdout = TRUE, stderr = TRUE)
written <- tools::write_PACKAGES(place, type = "source")

# the machine's settings as they are, with this repository where they name theirs: install.packages() is
# told of none, so it takes what r_repository became
site <- Sys.getenv("R_PROFILE", file.path(R.home("etc"), "Rprofile.site"))
served <- file.path(folder, "Rprofile.site")
ours <- paste0("file://", folder, "/cran")
writeLines(gsub(getOption("repos")[["CRAN"]], ours, readLines(site), fixed = TRUE), served)

# a user who never installed anything, in a script: nobody answers questions there
# (below the real one: /tmp may be mounted noexec)
home <- tempfile("home", path.expand("~"))
dir.create(home)
code <- "install.packages('fixture', quiet = TRUE)"
use <- paste("cat(fixture::twice(21), fixture::dot(c(1, 2), c(3, 4)), find.package('fixture'),",
             "as.character(packageVersion('fixture')), sep = '\\n')")
Sys.unsetenv(c("R_LIBS_USER", "R_LIBS"))
Sys.setenv(HOME = home, R_PROFILE = served)
run <- function(expression) suppressWarnings(
  system2("Rscript", c("-e", shQuote(expression)), stdout = TRUE, stderr = TRUE))
said <- run(code)
used <- run(use)
cat(jsonlite::toJSON(list(
  listed = written, built = built, said = said, used = used,
  in_own = startsWith(used[3], paste0(home, "/")),
  elsewhere = list.files(c(.Library, .Library.site), pattern = "^fixture$")
), auto_unbox = TRUE))
unlink(home, recursive = TRUE)
