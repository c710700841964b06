#include "server/net/self_signed.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/net/tls_context.h"
#include "tests/support/temp_folder.h"

using namespace matinee;
using namespace matinee::test;

namespace {

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::shared_ptr<X509> certificate_of(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  REQUIRE(file != nullptr);
  std::shared_ptr<X509> certificate(::PEM_read_X509(file, nullptr, nullptr, nullptr), ::X509_free);
  std::fclose(file);
  REQUIRE(certificate);
  return certificate;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

net::CertificateFiles keep(const std::string& folder, const std::vector<std::string>& names = {"localhost"}) {
  std::string error;
  const net::CertificateFiles files = net::keep_self_signed(folder, names, error);
  REQUIRE(error.empty());
  return files;
}

}  // namespace

TEST_CASE("a certificate of our own is P-256, good for ten years, and names this machine") {
  TempFolder folder;
  const auto files = keep(folder.path() + "/video", {"localhost", "host.local", "192.0.2.7", "", "2001:db8::7", "localhost"});
  const auto certificate = certificate_of(files.certificate);
  CHECK(::X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
  CHECK(::X509_check_host(certificate.get(), "host.local", 0, 0, nullptr) == 1);
  CHECK(::X509_check_host(certificate.get(), "elsewhere.example", 0, 0, nullptr) == 0);
  CHECK(::X509_check_ip_asc(certificate.get(), "192.0.2.7", 0) == 1);
  CHECK(::X509_check_ip_asc(certificate.get(), "2001:db8::7", 0) == 1);
  CHECK(::X509_check_ip_asc(certificate.get(), "192.0.2.8", 0) == 0);
  int days = 0;
  int seconds = 0;
  REQUIRE(::ASN1_TIME_diff(&days, &seconds, nullptr, ::X509_get0_notAfter(certificate.get())) == 1);
  CHECK(days >= 3'649);
  CHECK(days <= 3'650);
  EVP_PKEY* key = ::X509_get0_pubkey(certificate.get());
  CHECK(::EVP_PKEY_get_base_id(key) == EVP_PKEY_EC);
  CHECK(::EVP_PKEY_get_bits(key) == 256);
  CHECK(::X509_verify(certificate.get(), key) == 1);
  CHECK(mode_of(files.key) == 0600);
}

TEST_CASE("the certificate is made once: a later start, with other names, finds the same one") {
  TempFolder folder;
  const auto first = keep(folder.path());
  const std::string certificate = read(first.certificate);
  const std::string key = read(first.key);
  const auto second = keep(folder.path(), {"another.name"});
  CHECK(read(second.certificate) == certificate);
  CHECK(read(second.key) == key);
  TempFolder elsewhere;
  CHECK(read(keep(elsewhere.path()).certificate) != certificate);
}

TEST_CASE("the fingerprint is the SHA-256 of the certificate's DER bytes") {
  TempFolder folder;
  const auto files = keep(folder.path());
  std::string error;
  const auto context = net::TlsContext::load(files.certificate, files.key, error);
  REQUIRE(error.empty());
  unsigned char* der = nullptr;
  const int size = ::i2d_X509(certificate_of(files.certificate).get(), &der);
  std::array<std::byte, 32> expected{};
  ::EVP_Digest(der, static_cast<std::size_t>(size), reinterpret_cast<unsigned char*>(expected.data()), nullptr, ::EVP_sha256(), nullptr);
  ::OPENSSL_free(der);
  CHECK(context->fingerprint() == expected);
}

TEST_CASE("a certificate that lost its key is not replaced, and the sentence says what to do") {
  TempFolder folder;
  const auto files = keep(folder.path());
  const std::string before = read(files.certificate);
  std::filesystem::remove(files.key);
  std::string error;
  (void)net::keep_self_signed(folder.path(), {"localhost"}, error);
  CHECK(error.find("The key file " + files.key + " is missing") == 0);
  CHECK(read(files.certificate) == before);
}

TEST_CASE("a key alone is left of a start that was cut off: a new pair is made") {
  TempFolder folder;
  folder.write("key.pem", "half a k");
  const auto files = keep(folder.path());
  std::string error;
  CHECK(net::TlsContext::load(files.certificate, files.key, error) != nullptr);
}

TEST_CASE("broken files and folders that cannot be are told, not replaced") {
  TempFolder folder;
  const auto files = keep(folder.path());
  folder.write("cert.pem", "no certificate");
  std::string error;
  (void)net::keep_self_signed(folder.path(), {}, error);
  CHECK(error.empty());
  CHECK(net::TlsContext::load(files.certificate, files.key, error) == nullptr);
  CHECK(error.find("The certificate file " + files.certificate + " cannot be used") == 0);
  CHECK(read(files.certificate) == "no certificate");
  const std::string file = folder.write("a-file", "x");
  error.clear();
  (void)net::keep_self_signed(file + "/video", {}, error);
  CHECK(error.find("The folder " + file + "/video cannot be made") == 0);
}
