# What this Julia is, where it looks, and what of it a user could change. Arguments: folders of everybody's.

quoted(values) = "[" * join(repr.(values), ", ") * "]"

function writable(folder)
    found = read(`find $folder -not -type l -writable`, String)
    split(found, "\n", keepempty = false)
end

println(
    "{\"version\": ", repr(string(VERSION)), ", \"program\": ", repr(Sys.BINDIR),
    ", \"depots\": ", quoted(DEPOT_PATH), ", \"home\": ", repr(homedir()),
    ", \"environments\": ", quoted(Base.load_path()),
    ", \"writable\": ", quoted(reduce(vcat, writable.(ARGS))), "}",
)
