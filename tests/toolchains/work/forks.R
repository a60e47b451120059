# Multiplies matrices with every core, then in forked workers: a runtime that lost its threads would hang.

m <- matrix(1, 1500, 1500)
before <- sum(m %*% m)
made <- parallel::mclapply(1:2, function(i) sum(m %*% m), mc.cores = 2)
cat(jsonlite::toJSON(list(before = before, workers = unlist(made))))
