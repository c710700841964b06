#include "server/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <system_error>

namespace matinee::net {
namespace {

std::string openssl_reason() {
  const unsigned long first = ::ERR_peek_error();  // the cause; what follows only says who noticed
  if (first && ERR_SYSTEM_ERROR(first)) return std::generic_category().message(ERR_GET_REASON(first));
  const unsigned long code = ::ERR_peek_last_error();
  const char* reason = code ? ::ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

int choose_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int found = ::SSL_select_next_proto(&chosen, out_size, ours.data(), static_cast<unsigned>(ours.size()), in, in_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<const TlsContext> TlsContext::load(const std::string& certificate_file, const std::string& key_file, std::string& error) {
  ::ERR_clear_error();
  ssl_ctx_st* raw = ::SSL_CTX_new(::TLS_server_method());
  if (!raw) {
    error = "TLS is not available: " + openssl_reason() + ".";
    return nullptr;
  }
  const std::shared_ptr<const TlsContext> context(new TlsContext(raw));  // the constructor is private
  ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  ::SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets only: no memory per session
  ::SSL_CTX_set_num_tickets(raw, 1);
  ::SSL_CTX_set_alpn_select_cb(raw, choose_http11, nullptr);
  if (::SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    error = "The certificate file " + certificate_file + " cannot be used: " + openssl_reason() + ".";
    return nullptr;
  }
  if (::SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    error = "The key file " + key_file + " cannot be used: " + openssl_reason() + ".";
    return nullptr;
  }
  if (::SSL_CTX_check_private_key(raw) != 1) {
    error = "The key file " + key_file + " does not belong to the certificate file " + certificate_file + ".";
    return nullptr;
  }
  return context;
}

TlsContext::~TlsContext() { ::SSL_CTX_free(context_); }

std::array<std::byte, 32> TlsContext::fingerprint() const {
  std::array<std::byte, 32> print{};
  ::X509_digest(::SSL_CTX_get0_certificate(context_), ::EVP_sha256(), reinterpret_cast<unsigned char*>(print.data()), nullptr);
  return print;
}

TlsContext::Validity TlsContext::validity() const {
  const X509* certificate = ::SSL_CTX_get0_certificate(context_);
  const auto seconds = [](const ASN1_TIME* time) {
    std::tm parts{};
    return ::ASN1_TIME_to_tm(time, &parts) == 1 ? std::int64_t{::timegm(&parts)} : 0;
  };
  return {seconds(::X509_get0_notBefore(certificate)), seconds(::X509_get0_notAfter(certificate))};
}

ssl_st* TlsContext::new_session(int fd) const {
  ssl_st* ssl = ::SSL_new(context_);
  if (!ssl) return nullptr;
  if (::SSL_set_fd(ssl, fd) == 1) {
    ::SSL_set_accept_state(ssl);
    return ssl;
  }
  ::SSL_free(ssl);
  return nullptr;
}

}  // namespace matinee::net
