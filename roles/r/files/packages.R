# Installs packages of a repository, with all that they need, into a library; writes down what is there.
# Arguments: the repository, the library, the file to write, then names of packages.
given <- commandArgs(trailingOnly = TRUE)
repository <- given[[1]]
shelf <- given[[2]]
written <- given[[3]]
wanted <- given[-(1:3)]

# What was built for Windows, as the repository has it; a compiler is not there.
type <- if (.Platform$OS.type == "windows") "win.binary" else "source"
there <- function() rownames(installed.packages(lib.loc = shelf, noCache = TRUE))

dir.create(shelf, showWarnings = FALSE, recursive = TRUE)
.libPaths(c(shelf, .libPaths()))
options(timeout = 600)  # for each file; R gives up after a minute
lacking <- setdiff(wanted, there())
if (length(lacking) > 0) {
  install.packages(lacking, lib = shelf, repos = repository, type = type)
}

# a package that could not be installed is only a warning of R's
lacking <- setdiff(wanted, there())
if (length(lacking) > 0) {
  stop("not installed from ", repository, ": ", paste(lacking, collapse = " "), call. = FALSE)
}
loads <- vapply(wanted, requireNamespace, logical(1), lib.loc = shelf, quietly = TRUE)
if (!all(loads)) {
  stop("installed, but it does not load: ", paste(wanted[!loads], collapse = " "), call. = FALSE)
}
found <- installed.packages(lib.loc = shelf, noCache = TRUE)[, c("Package", "Version"), drop = FALSE]
writeLines(sort(paste(found[, "Package"], found[, "Version"])), written)
