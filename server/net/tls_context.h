// Certificate, key and TLS settings (≥ 1.2, ALPN http/1.1) from two PEM files. Immutable after load(), any thread.
#pragma once
#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace matinee::net {

class TlsContext {
 public:
  // On failure returns nullptr and one sentence for the operator in `error`.
  [[nodiscard]] static std::shared_ptr<const TlsContext> load(const std::string& certificate_file, const std::string& key_file,
                                                              std::string& error);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // A server's TLS state on an accepted, non-blocking descriptor; nullptr when out of memory. The caller owns it.
  [[nodiscard]] ssl_st* new_session(int fd) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace matinee::net
