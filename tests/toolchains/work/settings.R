# What R starts with for a user: where packages come from and go to, the time zone, the devices.

said <- character()
zone <- withCallingHandlers(Sys.timezone(), warning = function(w) {
  said <<- c(said, conditionMessage(w))
  invokeRestart("muffleWarning")
})
system <- c(.Library, .Library.site)
cat(jsonlite::toJSON(list(
  repository = getOption("repos")[["CRAN"]],
  python = Sys.getenv("RETICULATE_PYTHON"),
  zone = zone,
  said = I(said),
  search = I(.libPaths()),
  own = path.expand(Sys.getenv("R_LIBS_USER")),
  writable = I(system[file.access(system, 2) == 0]),
  png = capabilities("png")[["png"]], cairo = capabilities("cairo")[["cairo"]]
), auto_unbox = TRUE))
