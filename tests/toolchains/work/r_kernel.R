# Talks to the kernel `ir` as a notebook does, by its own start line. Arguments: the cells' code.

suppressPackageStartupMessages(library(pbdZMQ))
cells <- commandArgs(TRUE)[-1]
spec <- jsonlite::fromJSON("/usr/local/share/jupyter/kernels/ir/kernel.json")
names <- c("shell", "iopub", "stdin", "control", "hb")
ports <- setNames(sample(20000:39999, length(names)), names)
file <- tempfile(fileext = ".json")
# an empty key: nothing is signed
writeLines(jsonlite::toJSON(c(
  list(ip = "127.0.0.1", transport = "tcp", signature_scheme = "hmac-sha256", key = ""),
  setNames(as.list(ports), paste0(names, "_port"))
), auto_unbox = TRUE), file)
argv <- sub("{connection_file}", file, spec$argv, fixed = TRUE)
log <- tempfile()
system2(argv[1], shQuote(argv[-1]), wait = FALSE, stdout = log, stderr = log)

context <- zmq.ctx.new()
open <- function(type, name) {
  socket <- zmq.socket(context, type)
  zmq.connect(socket, paste0("tcp://127.0.0.1:", ports[[name]]))
  socket
}
shell <- open(ZMQ.ST()$DEALER, "shell")
news <- open(ZMQ.ST()$SUB, "iopub")
zmq.setsockopt(news, ZMQ.SO()$SUBSCRIBE, "")

ask <- function(type, content) {
  header <- list(msg_id = paste0("id", runif(1)), session = "s", username = "u", date = "",
                 msg_type = type, version = "5.3")
  parts <- c(list("<IDS|MSG>", ""), lapply(list(header, NULL, NULL, content), function(part)
    jsonlite::toJSON(if (is.null(part)) structure(list(), names = character()) else part,
                     auto_unbox = TRUE)))
  zmq.send.multipart(shell, lapply(parts, function(part) charToRaw(as.character(part))),
                     serialize = FALSE)
  header$msg_id
}
answer <- function(socket, seconds) {
  poll <- zmq.poll(list(socket), ZMQ.PO()$POLLIN, timeout = seconds * 1000)
  if (!bitwAnd(zmq.poll.get.revents(1), ZMQ.PO()$POLLIN)) return(NULL)
  parts <- zmq.recv.multipart(socket, unserialize = FALSE)
  at <- which(vapply(parts, function(part) identical(part, charToRaw("<IDS|MSG>")), NA))
  read <- function(n) jsonlite::fromJSON(rawToChar(parts[[at + n]]), simplifyVector = FALSE)
  list(type = read(2)$msg_type, parent = read(3)$msg_id, content = read(5))
}
say <- function(message) switch(message$type,
  stream = message$content$text,
  error = paste(message$content$ename, message$content$evalue),
  execute_result = , display_data = paste(sort(names(message$content$data)), collapse = " "))

# The first answers on `shell` may come before this end hears the news: ask until some do.
repeat {
  id <- ask("kernel_info_request", structure(list(), names = character()))
  info <- answer(shell, 60)
  if (is.null(info)) stop("the kernel does not answer: ", paste(readLines(log), collapse = "\n"))
  if (!is.null(answer(news, 1))) break
}
execute <- function(code) {
  id <- ask("execute_request", list(code = code, silent = FALSE, store_history = TRUE,
                                    allow_stdin = FALSE, stop_on_error = TRUE))
  said <- character()
  repeat {
    message <- answer(news, 120)
    if (is.null(message)) stop("the kernel fell silent: ", paste(readLines(log), collapse = "\n"))
    if (!identical(message$parent, id)) next
    if (message$type == "status" && message$content$execution_state == "idle") return(said)
    said <- c(said, say(message))
  }
}
outputs <- lapply(cells, execute)
ask("shutdown_request", list(restart = FALSE))
cat(jsonlite::toJSON(list(
  language = info$content$language_info$name, version = info$content$language_info$version,
  program = argv[1], outputs = lapply(outputs, I)
), auto_unbox = TRUE))
