#include "server/net/self_signed.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>

#include "server/ops/files.h"

namespace matinee::net {
namespace {

template <class T, void (*destroy)(T*)>
struct Free {
  void operator()(T* object) const { destroy(object); }
};
void free_bio(BIO* bio) { ::BIO_free_all(bio); }
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, ::EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, ::X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO, free_bio>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION, ::X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES, ::GENERAL_NAMES_free>>;

bool set_serial(X509* certificate) {  // 127 random bits: two certificates of one name are told apart by it
  std::array<unsigned char, 16> bytes{};
  if (::RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, Free<BIGNUM, ::BN_free>> number(::BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && ::BN_to_ASN1_INTEGER(number.get(), ::X509_get_serialNumber(certificate)) != nullptr;
}

GENERAL_NAME* general_name(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  int size = 0;
  if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) size = 4;
  else if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) size = 16;
  GENERAL_NAME* made = ::GENERAL_NAME_new();
  ASN1_STRING* value = size > 0 ? ::ASN1_OCTET_STRING_new() : ::ASN1_IA5STRING_new();
  if (size > 0) ::ASN1_STRING_set(value, bytes.data(), size);
  else ::ASN1_STRING_set(value, name.data(), static_cast<int>(name.size()));
  ::GENERAL_NAME_set0_value(made, size > 0 ? GEN_IPADD : GEN_DNS, value);
  return made;
}

// Built as objects, not as OpenSSL's configuration text: a host name cannot say more than itself.
bool add_names(X509* certificate, const std::vector<std::string>& names) {
  const Names list(::GENERAL_NAMES_new());
  std::vector<std::string> known;
  for (const std::string& name : names) {
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    known.push_back(name);
    ::sk_GENERAL_NAME_push(list.get(), general_name(name));
  }
  return known.empty() || ::X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_extension(X509* certificate, int which, const char* value) {
  const Extension extension(::X509V3_EXT_conf_nid(nullptr, nullptr, which, value));
  return extension && ::X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key, const std::vector<std::string>& names) {
  Certificate certificate(::X509_new());
  X509* raw = certificate.get();
  constexpr long day_s = 24L * 3'600;
  const auto* common_name = reinterpret_cast<const unsigned char*>("Matinee");
  const bool fine = raw != nullptr && ::X509_set_version(raw, X509_VERSION_3) == 1 && set_serial(raw) &&
                    ::X509_gmtime_adj(::X509_getm_notBefore(raw), -day_s) != nullptr &&  // a viewer's clock may be late
                    ::X509_gmtime_adj(::X509_getm_notAfter(raw), self_signed_years * 365L * day_s) != nullptr &&
                    ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(raw), "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
                    ::X509_set_issuer_name(raw, ::X509_get_subject_name(raw)) == 1 && ::X509_set_pubkey(raw, key) == 1 &&
                    add_names(raw, names) && add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(raw, NID_ext_key_usage, "serverAuth") && ::X509_sign(raw, key, ::EVP_sha256()) > 0;
  if (!fine) certificate.reset();
  return certificate;
}

std::string text_of(const Memory& bio) {
  char* data = nullptr;
  const long size = ::BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// Empty = done.
std::string make_files(const CertificateFiles& files, const std::vector<std::string>& names) {
  const Key key(::EVP_EC_gen("P-256"));
  const Certificate certificate = key ? make_certificate(key.get(), names) : nullptr;
  const Memory key_text(::BIO_new(::BIO_s_mem()));
  const Memory certificate_text(::BIO_new(::BIO_s_mem()));
  if (!certificate || ::PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      ::PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return "A certificate for the video port could not be made. Give one with --tls-cert and --tls-key, or start with --video off.";
  }
  // The key first: a certificate is only there when its key is.
  if (std::string problem = ops::write_private_file(files.key, text_of(key_text)); !problem.empty()) return problem;
  return ops::write_private_file(files.certificate, text_of(certificate_text));
}

}  // namespace

CertificateFiles keep_self_signed(const std::string& folder, const std::vector<std::string>& names, std::string& error) {
  const CertificateFiles files{.certificate = folder + "/cert.pem", .key = folder + "/key.pem"};
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    error = "The folder " + folder + " cannot be made (" + failure.message() + ").";
    return files;
  }
  const bool has_certificate = std::filesystem::exists(files.certificate, failure);
  const bool has_key = !failure && std::filesystem::exists(files.key, failure);
  if (failure) error = "The folder " + folder + " cannot be read (" + failure.message() + ").";
  else if (has_certificate && !has_key)
    error = "The key file " + files.key + " is missing beside its certificate. Put it back, or remove " + files.certificate +
            " too: then a new pair is made, and desktop programs have to log in again.";
  else if (!has_certificate) error = make_files(files, names);  // a key alone is left of a start that was cut off: nobody has seen it
  return files;
}

}  // namespace matinee::net
