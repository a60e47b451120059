# Uses Python through reticulate: plain values, then arrays and tables, which need a numpy that it knows.

library(reticulate)
attempt <- function(expression) tryCatch(expression, error = conditionMessage)
math <- import("math")
cat(jsonlite::toJSON(list(
  python = py_config()$python,
  version = as.character(packageVersion("reticulate")),
  prefix = import("sys")$prefix,
  root = math$sqrt(1764),
  words = attempt(import("json")$loads("{\"a\": [1, 2, 3]}")$a),
  determinant = attempt(import("numpy")$linalg$det(matrix(c(2, 1, 1, 3), 2))),
  sum = attempt(sum(py_to_r(r_to_py(data.frame(x = 1:4)))$x))
), auto_unbox = TRUE, digits = NA))
