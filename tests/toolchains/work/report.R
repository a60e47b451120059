# Renders an R Markdown report to HTML; prints what stands in the page.

folder <- tempfile()
dir.create(folder)
file <- file.path(folder, "report.Rmd")
fence <- strrep("`", 3)
writeLines(c(
  "---", "title: A report", "output: html_document", "---", "",
  paste0(fence, "{r}"), "fit <- lm(dist ~ speed, cars)", "plot(cars)", fence, "",
  "The slope is `r format(coef(fit)[['speed']], digits = 5)`.", "",
  "$$\\hat\\beta = (X^T X)^{-1} X^T y$$"
), file)
page <- rmarkdown::render(file, quiet = TRUE)
text <- paste(readLines(page, warn = FALSE), collapse = "\n")
cat(jsonlite::toJSON(list(
  title = grepl("<title>A report</title>", text, fixed = TRUE),
  slope = sub(".*The slope is ([0-9.]+)\\..*", "\\1", text),
  picture = grepl("src=\"data:image/png;base64,", text, fixed = TRUE),
  code = grepl("lm(dist", gsub("<[^>]*>", "", text), fixed = TRUE)
), auto_unbox = TRUE))
