// A certificate of our own for the video port, when the operator gave none: EC P-256, ten years, made once and kept, so that the
// fingerprint that desktop programs remember stays the same over restarts and upgrades.
// Thread rule: at start, before the loops run. Errors are one sentence for the operator; nothing is replaced that was there.
#pragma once
#include <string>
#include <vector>

namespace matinee::net {

struct CertificateFiles {
  std::string certificate;  // PEM
  std::string key;          // PEM, 0600
};

inline constexpr int self_signed_years = 10;

// FOLDER/cert.pem and FOLDER/key.pem, made when there are none. `names`: host names and IP addresses, for subjectAltName; repeated
// and empty ones are left out. What is in files that exist is not looked at: TlsContext::load does.
[[nodiscard]] CertificateFiles keep_self_signed(const std::string& folder, const std::vector<std::string>& names, std::string& error);

}  // namespace matinee::net
