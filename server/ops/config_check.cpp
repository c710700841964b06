#include "server/ops/config_check.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>

namespace matinee::ops {
namespace {

bool is_address(const std::string& text) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, text.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.find(':') != std::string_view::npos && is_address(std::string(host.substr(1, host.size() - 2)));
  }
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
  });
}

// Two listeners want two numbers. The option that comes later in the table is at fault; 0 is any free one.
CheckOutcome check_ports(const Config& config) {
  struct Row {
    const char* option;
    std::int64_t port;
  };
  const std::int64_t none = 0;
  const Row rows[] = {{"port", config.port},
                      {"tls-port", config.tls_port},
                      {"video-port", config.video ? config.video_port : none},
                      {"video-plain-port", config.video ? config.video_plain_port : none},
                      {"metrics-port", std::max(config.metrics_port, none)}};
  for (const Row& row : rows) {
    for (const Row* before = rows; before != &row; ++before) {
      if (row.port != none && row.port == before->port)
        return {row.option, "--" + std::string(row.option) + " and --" + before->option + " need two numbers."};
    }
  }
  return {};
}

}  // namespace

std::optional<BaseUrl> read_base_url(std::string_view text) {
  BaseUrl url;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view rest = lower;
  if (rest.rfind("https://", 0) == 0) {
    url.secure = true;
    rest.remove_prefix(8);
  } else if (rest.rfind("http://", 0) == 0) {
    rest.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || url.port < 1 || url.port > 65535) return std::nullopt;
    rest = rest.substr(0, colon);
  }
  if (!is_host(rest)) return std::nullopt;
  url.host = std::string(rest);
  return url;
}

CheckOutcome check_config(Config& config) {
  for (const std::string& address : config.addresses) {
    if (!is_address(address)) return {"address", {}};
  }
  for (const std::string& host : config.allowed_hosts) {
    if (!is_host(host)) return {"allowed-hosts", {}};
  }
  if (!config.public_url.empty()) {
    if (!read_base_url(config.public_url)) return {"public-url", {}};
    if (config.public_url.back() == '/') config.public_url.pop_back();
  }
  const std::string& oembed = config.youtube_oembed_url;
  if (!oembed.starts_with("https://") && !oembed.starts_with("http://")) return {"youtube-oembed-url", {}};
  if (config.data_folder.empty()) return {"data", {}};
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return {"tls-cert", "--tls-cert and --tls-key belong together: give both, or neither."};
  }
  if (config.tls_port != 0 && !config.has_tls()) return {"tls-port", "--tls-port needs --tls-cert and --tls-key."};
  if (!is_address(config.video_plain_address)) return {"video-plain-address", {}};
  if (!config.bench() && (!config.bench_cookies_file.empty() || !config.bench_codes_file.empty() || !config.bench_tokens_file.empty())) {
    return {"bench-guests", "--bench-cookies, --bench-codes and --bench-tokens need --bench-guests."};
  }
  return check_ports(config);
}

std::string shipped_folder(std::string_view name) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path installed = program.parent_path().parent_path() / "share" / "matinee" / name;
    if (std::filesystem::is_directory(installed, error)) return installed.string();
  }
  return (std::filesystem::path(MATINEE_SOURCE_FOLDER) / name).string();
}

}  // namespace matinee::ops
