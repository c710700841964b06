// Answers a GET or HEAD with a file's bytes: conditional requests and one byte range. What is on the disk goes out by sendfile,
// what is in memory is shared.
// Thread rule: the request's Loop.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/request.h"
#include "server/http/response.h"

namespace matinee::http {

// Does If-None-Match name this ETag (or any)?
[[nodiscard]] bool etag_matches(std::string_view if_none_match_field, std::string_view etag);

struct FileAnswer {
  std::string etag;  // strong, with its quotes
  std::string content_type;
  std::string cache_control;
  std::vector<Header> extra = {};
};

// Takes over `fd` (an open regular file of `size_bytes`) and closes it.
void answer_file(const Request& request, Responder responder, const FileAnswer& answer, int fd, std::uint64_t size_bytes);
// The same from memory.
void answer_bytes(const Request& request, Responder responder, const FileAnswer& answer, const net::SharedBytes& bytes);

}  // namespace matinee::http
