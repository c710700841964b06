// The file that an HTTP/1.x answer sends. Internal to net/.
#pragma once
#include <unistd.h>

#include <cstdint>

#include "server/net/http1_session.h"

namespace matinee::net {

struct Http1Session::FileBody {
  FileBody(int file, std::uint64_t from, std::uint64_t length) : fd(file), offset(from), left(length) {}
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;
  ~FileBody() { ::close(fd); }
  int fd;
  std::uint64_t offset;
  std::uint64_t left;
};

}  // namespace matinee::net
