module FixtureShared

using FixtureHelper, Pkg.Artifacts

# as long as it loads, the artifact is found
const ANSWER = FixtureHelper.twice(parse(Int, read(joinpath(artifact"answer", "answer"), String)))

end
