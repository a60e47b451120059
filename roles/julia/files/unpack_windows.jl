# Lays packages and artifacts out in a depot of Windows, then writes down which.
# Arguments: the depot, the folder of their archives, the file to write, then `NAME/UUID/TREE`, or `//TREE`
# of an artifact.
# A tree is hashed as it stands in its archive: Windows keeps neither links nor who may run a file.
using Pkg

function place(depot, name, uuid, tree)
    isempty(name) && return joinpath(depot, "artifacts", tree)
    joinpath(depot, "packages", name, Base.version_slug(Base.UUID(uuid), Base.SHA1(tree)))
end

function unpack(archive, folder, tree)
    Pkg.PlatformEngines.verify_archive_tree_hash(archive, Base.SHA1(tree)) || error("$archive: its tree is not $tree")
    scratch = mktempdir(mkpath(dirname(folder)))
    Pkg.PlatformEngines.unpack(archive, scratch)
    mv(scratch, folder)
end

depot, archives, written, listed = ARGS[1], ARGS[2], ARGS[3], ARGS[4:end]
for (name, uuid, tree) in split.(listed, "/")
    folder = place(depot, name, uuid, tree)
    isdir(folder) || unpack(joinpath(archives, "$tree.tar.gz"), folder, tree)
end
write(written, join(listed, "\n"), "\n")
