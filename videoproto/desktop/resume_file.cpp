#include "videoproto/desktop/resume_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "videoproto/desktop/private_file.h"

namespace matinee::desktop {
namespace {

// A value is one line of the file, and a name may hold anything.
std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '%') {
      line += c;
      continue;
    }
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    line += escaped;
  }
  return line;
}

// FNV-1a: the same tomorrow and in the next version. That two sources could have the same is why the file names its own.
std::string file_name(const ResumeKey& key) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : show(key.server) + '\n' + key.room + '\n' + key.source)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  char text[32];
  std::snprintf(text, sizeof text, "sending-%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace

std::unique_ptr<ResumeFile> ResumeFile::open(const std::string& folder, ResumeKey key) {
  std::error_code failed;
  if (std::filesystem::create_directories(folder, failed)) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  std::string file = folder + "/" + file_name(key);
  // Beside the file, which is another one each time that it is written. The kernel lets go of it however the program ends.
  const int lock = ::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return nullptr;
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    return nullptr;
  }
  return std::unique_ptr<ResumeFile>(new ResumeFile(std::move(file), lock, std::move(key)));
}

ResumeFile::ResumeFile(std::string file, int lock, ResumeKey key) : file_(std::move(file)), lock_(lock), key_(std::move(key)) {
  found_ = read();
}

ResumeFile::~ResumeFile() { ::close(lock_); }

std::optional<ResumeTokens> ResumeFile::read() const {
  auto lines = read_private_file(file_);
  if (!lines) return std::nullopt;
  FileLines& values = *lines;
  if (values["server"] != show(key_.server) || values["room"] != key_.room || values["source"] != one_line(key_.source))
    return std::nullopt;
  for (const char* name : {"connection", "stream", "pair"}) {
    if (!values[name].empty() && !is_token(values[name])) return std::nullopt;
  }
  return ResumeTokens{values["connection"], values["stream"], values["pair"]};
}

// Without it a killed program begins anew, which is no reason to stop sending.
void ResumeFile::keep(const ResumeTokens& tokens) {
  static_cast<void>(write_private_file(file_, {{"server", show(key_.server)},
                                               {"room", key_.room},
                                               {"source", one_line(key_.source)},
                                               {"connection", tokens.connection},
                                               {"stream", tokens.stream},
                                               {"pair", tokens.pair}}));
}

void ResumeFile::remove() {
  ::unlink(file_.c_str());
  ::unlink((file_ + ".lock").c_str());
}

std::string default_state_folder() { return own_folder("XDG_STATE_HOME", ".local/state"); }

}  // namespace matinee::desktop
