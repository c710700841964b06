#include "server/app/links.h"

#include <cstdlib>

namespace matinee::app {
namespace {

bool is_any(const std::string& address) { return address == "::" || address == "0.0.0.0"; }

std::string url(const Listening& where, std::string host) {
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return std::string(where.secure ? "https" : "http") + "://" + host + ":" + std::to_string(where.port);
}

}  // namespace

std::string greeting(const std::vector<Listening>& listening, const ops::HostRules& hosts, const std::string& version,
                     const std::string& more, const std::optional<std::string>& setup_token) {
  std::string text = "Matinee " + version + "\n";
  std::string here;
  bool everywhere = false;
  for (const Listening& where : listening) {
    text += "  listening on " + url(where, where.address) + "\n";
    everywhere = everywhere || is_any(where.address);
    if (here.empty() || where.secure) here = url(where, is_any(where.address) ? "localhost" : where.address);
  }
  // With a public URL the names of this machine are answered with 421: no link may lead there.
  const bool here_is_ours = hosts.accepts_host(std::string_view(here).substr(here.find("://") + 3));
  if (here_is_ours) text += "  On this machine:  " + here + "\n";
  const std::string outside = hosts.base_url();
  if (!here_is_ours || (everywhere && outside.find("//localhost") == std::string::npos)) text += "  For others:       " + outside + "\n";
  text += more;
  if (setup_token) {
    text += "  There is no administrator yet. Whoever opens this link once becomes it:\n                    " +
            (here_is_ours ? here : outside) + "/setup/" + *setup_token + "\n";
  }
  return text;
}

std::string video_greeting(const std::vector<Listening>& listening, const std::string& fingerprint) {
  std::string text;
  for (const Listening& where : listening) {
    const std::string host = where.address.find(':') == std::string::npos ? where.address : "[" + where.address + "]";
    text += "  desktop video on " + host + ":" + std::to_string(where.port) + (where.secure ? "\n" : " (without TLS)\n");
  }
  return text + "    certificate SHA-256 " + fingerprint + "\n";
}

std::string library_id(const std::string& media_url) {
  constexpr std::string_view path = "/library/";
  return media_url.starts_with(path) ? media_url.substr(path.size()) : std::string();
}

std::int64_t stream_id(const std::string& media_url) {
  constexpr std::string_view path = "/live/";
  return media_url.starts_with(path) ? std::strtoll(media_url.c_str() + path.size(), nullptr, 10) : 0;
}

std::string watching_title(const std::string& media_url, const std::string& title) {
  if (media_url.empty()) return {};
  if (!title.empty()) return title;
  if (!library_id(media_url).empty()) return "a video of the library";
  if (stream_id(media_url) != 0) return "a live stream";
  if (media_url.starts_with("https://www.youtube.com/")) return "a YouTube video";
  const std::size_t begin = media_url.find("://") + 3;
  return "a video from " + media_url.substr(begin, media_url.find('/', begin) - begin);
}

}  // namespace matinee::app
