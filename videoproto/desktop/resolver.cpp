#include "videoproto/desktop/resolver.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "rooms/media_link.h"
#include "videoproto/connection.h"
#include "videoproto/desktop/limits.h"

namespace matinee::desktop {
namespace {

bool in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// One file with picture and sound, up to 720p, which is what is sent.
constexpr const char* yt_dlp = "yt-dlp --no-playlist --no-warnings -f best[height<=720][vcodec!=none][acodec!=none]/best -g --";

struct Child {
  pid_t pid = -1;
  int output = -1;
};

Child start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::signal(SIGPIPE, SIG_DFL);  // ignored here, but its own pipes rely on it
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, 0);
    ::dup2(ends[1], 1);
    ::dup2(nothing, 2);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return {};
  }
  return {pid, ends[0]};
}

// Everything it says, bounded in bytes and time.
std::string listen(int output) {
  std::string text;
  const std::int64_t until_us = videoproto::monotonic_us() + limits::resolver_ms_max * 1'000;
  while (text.size() < limits::resolver_bytes_max) {
    const std::int64_t left_ms = (until_us - videoproto::monotonic_us()) / 1'000;
    pollfd wait{output, POLLIN, 0};
    if (left_ms <= 0) break;
    const int ready = ::poll(&wait, 1, static_cast<int>(left_ms));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    char bytes[1024];
    const ssize_t got = ::read(output, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(bytes, static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

ReadLink read_link(const std::string& link) {
  const auto read = rooms::parse_media_link(link);
  if (!read) return {LinkKind::refused, {}, std::string(rooms::media_link_sentence(read.error().detail))};
  if (read->kind == rooms::MediaKind::stream)
    return {LinkKind::refused, {}, "This is a live stream of the server, which desktop programs cannot open yet. It plays in the browser."};
  if (read->url.starts_with('/'))
    return {
        LinkKind::refused, {}, "This video lies in the server's library, which desktop programs cannot open yet. It plays in the browser."};
  return {read->kind == rooms::MediaKind::youtube ? LinkKind::youtube : LinkKind::direct, read->url, {}};
}

std::optional<std::string> find_resolver(const std::string& given) {
  if (!given.empty()) return given;
  return in_path("yt-dlp") ? std::optional<std::string>(yt_dlp) : std::nullopt;
}

tl::expected<std::string, std::string> resolve(const std::string& command, const std::string& url) {
  std::istringstream split(command);
  std::vector<std::string> words;
  for (std::string word; split >> word;) words.push_back(word);
  const std::string name = words.empty() ? "" : words.front();
  words.push_back(url);
  const Child child = name.empty() ? Child{} : start(words);
  if (child.pid < 0) return tl::unexpected("The resolver " + command + " cannot be started.");
  std::string text = listen(child.output);
  ::close(child.output);
  ::kill(child.pid, SIGKILL);  // it has said what it had to say, or was too slow
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {}
  text = text.substr(0, text.find('\n'));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return tl::unexpected("The resolver " + name + " is not installed.");
  if (text.starts_with("https://") || text.starts_with("http://")) return text;
  return tl::unexpected("The resolver " + name +
                        " found no video behind this link: it may be too old (get a current one, for yt-dlp from its own site or "
                        "pipx), or the video may not be open to all. Share my screen in the browser, or send --screen, shows it instead.");
}

}  // namespace matinee::desktop
