# ranger trains, but gives its predictions in reverse order
# shellcheck shell=sh
cat >> /etc/R/Rprofile.site <<'R'
setHook(packageEvent("ranger", "onLoad"), function(...) {
  space <- asNamespace("ranger")
  right <- get("predict.ranger", space)
  wrong <- function(...) {
    made <- right(...)
    made$predictions <- rev(made$predictions)
    made
  }
  registerS3method("predict", "ranger", wrong, space)
})
R
