# Loads every package of R that dpkg or an administrator installed, each in this one process.

shown <- system2("dpkg-query", c("--show", "--showformat='${Package} ${Version}\\n'", "'r-cran-*'"),
                 stdout = TRUE, stderr = FALSE)
debs <- read.table(text = shown, fill = TRUE, col.names = c("deb", "version"))
debs <- debs[nzchar(debs$version), ]
# 1:6.0-93+dfsg-1 is 6.0.93: without epoch, revision and what Debian says of the source
upstream <- sub("[+~].*", "", sub("-[^-]*$", "", sub("^[0-9]+:", "", debs$version)))

found <- as.data.frame(installed.packages(noCache = TRUE)[, c("Package", "LibPath", "Version")])
load <- function(name) tryCatch({
  suppressPackageStartupMessages(loadNamespace(name))
  NA_character_
}, error = function(e) conditionMessage(e))
started <- proc.time()[["elapsed"]]
said <- vapply(found$Package, load, "")

of <- match(tolower(paste0("r-cran-", found$Package)), debs$deb)
plain <- function(versions) gsub("-", ".", versions, fixed = TRUE)
same <- plain(found$Version) == plain(upstream[of])
# a state of its source between two releases: 1.3.2+git20240429 calls itself 1.3.2.9000
between <- grepl("+git", debs$version[of], fixed = TRUE)
same <- same | between & startsWith(plain(found$Version), paste0(plain(upstream[of]), "."))
other <- !is.na(of) & !same
cat(jsonlite::toJSON(list(
  versions = setNames(as.list(found$Version), found$Package),
  libraries = setNames(as.list(found$LibPath), found$Package),
  failed = as.list(said[!is.na(said)]),
  differ = found$Package[other],
  debs = sum(!is.na(of)),
  missing = debs$deb[!debs$deb %in% tolower(paste0("r-cran-", found$Package))],
  seconds = proc.time()[["elapsed"]] - started
), auto_unbox = TRUE))
