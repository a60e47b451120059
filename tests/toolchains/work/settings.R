# What R starts with for a user: where packages come from and go to, the time zone, the devices.

said <- character()
zone <- withCallingHandlers(Sys.timezone(), warning = function(w) {
  said <<- c(said, conditionMessage(w))
  invokeRestart("muffleWarning")
})
system <- c(.Library, .Library.site)
# the first library of an R that is started in an empty folder, and what it made there
started <- function(libraries) {
  folder <- tempfile()
  dir.create(folder)
  set <- shQuote(paste0("R_LIBS_USER=", gsub("HERE", folder, libraries)))
  within <- paste("cd", shQuote(folder), "&& env", set, "Rscript -e 'cat(.libPaths()[1])'")
  first <- system(within, intern = TRUE)
  made <- list.files(folder, recursive = TRUE, include.dirs = TRUE)
  list(first = sub(paste0(folder, "/"), "", first, fixed = TRUE), made = I(made))
}
cat(jsonlite::toJSON(list(
  repository = getOption("repos")[["CRAN"]],
  agent = getOption("HTTPUserAgent"), version = format(getRversion()),
  python = Sys.getenv("RETICULATE_PYTHON"),
  zone = zone,
  said = I(said),
  search = I(.libPaths()),
  own = path.expand(Sys.getenv("R_LIBS_USER")),
  none = started("NULL"), several = started("HERE/one:HERE/two"),
  writable = I(system[file.access(system, 2) == 0]),
  png = capabilities("png")[["png"]], cairo = capabilities("cairo")[["cairo"]]
), auto_unbox = TRUE))
