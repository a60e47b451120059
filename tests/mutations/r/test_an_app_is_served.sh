# an app is served, but its output never changes
# shellcheck shell=sh
cat >> /etc/R/Rprofile.site <<'R'
setHook(packageEvent("shiny", "attach"), function(...) {
  shown <- as.environment("package:shiny")
  unlockBinding("renderText", shown)
  assign("renderText", function(...) shiny::renderText("square: 9"), shown)
})
R
