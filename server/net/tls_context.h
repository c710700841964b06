// Certificate, key and TLS settings (≥ 1.2, ALPN http/1.1) from two PEM files. Immutable after load(), any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
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

  // SHA-256 of the certificate (of its DER bytes): how programs recognise a server without an authority.
  [[nodiscard]] std::array<std::byte, 32> fingerprint() const;
  // The certificate's notBefore and notAfter (RFC 5280, 4.1.2.5), seconds since 1970.
  struct Validity {
    std::int64_t from_s = 0, until_s = 0;
  };
  [[nodiscard]] Validity validity() const;

  // A server's TLS state on an accepted, non-blocking descriptor; nullptr when out of memory. The caller owns it.
  [[nodiscard]] ssl_st* new_session(int fd) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace matinee::net
