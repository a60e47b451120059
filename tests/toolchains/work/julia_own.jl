# Writes a package of the user's own that stands on a shared one, and uses it in a new Julia.
# Arguments: the command that starts Julia; the shared package's name and uuid.

command, name, uuid = ARGS
home = mktempdir(homedir())
package = mkpath(joinpath(home, "packages", "Own", "src"))
write(joinpath(dirname(package), "Project.toml"), """
    name = "Own"
    uuid = "5a0c8a5e-2f0e-4a39-9d2b-0c3f3e1d9b77"

    [deps]
    $name = "$uuid"
    """)
write(joinpath(package, "Own.jl"), """
    module Own
    import $name
    shared() = pathof($name)
    end
    """)
code = "push!(LOAD_PATH, \"$home/packages\"); import Own; print(Own.shared())"
own = joinpath(home, "depot")
# the empty entry: what comes with Julia
shared = withenv(() -> read(`$command -e $code`, String), "JULIA_DEPOT_PATH" => "$own:")
compiled = joinpath(own, "compiled", "v$(VERSION.major).$(VERSION.minor)", "Own")
println("{\"shared\": ", repr(shared), ", \"own\": ", isdir(compiled), "}")
rm(home, recursive = true)
