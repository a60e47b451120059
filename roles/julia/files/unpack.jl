# Lays packages and artifacts out in a depot; prints each folder that it made.
# Arguments: the depot, the folder of their archives, then `NAME/UUID/TREE`, or `//TREE` of an artifact.
using Pkg

function place(depot, name, uuid, tree)
    isempty(name) && return joinpath(depot, "artifacts", tree)
    joinpath(depot, "packages", name, Base.version_slug(Base.UUID(uuid), Base.SHA1(tree)))
end

function unpack(archive, folder, tree)
    scratch = mktempdir(mkpath(dirname(folder)))
    run(`tar --extract --no-same-owner --file=$archive --directory=$scratch`)
    found = bytes2hex(Pkg.GitTools.tree_hash(scratch))
    found == tree || error("$archive: its tree is $found, not $tree")
    chmod(scratch, 0o755)
    mv(scratch, folder)
    println(folder)
end

depot, archives, listed = ARGS[1], ARGS[2], ARGS[3:end]
for (name, uuid, tree) in split.(listed, "/")
    folder = place(depot, name, uuid, tree)
    isdir(folder) || unpack(joinpath(archives, "$tree.tar.gz"), folder, tree)
end
