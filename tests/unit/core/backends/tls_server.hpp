#pragma once

// A listener on loopback behind TLS, with a certificate of its own making.

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "loopback_listener.hpp"

namespace dgxp {

template <auto kFree>
struct FreeBy {
  void operator()(auto* what) const { kFree(what); }
};

class TlsServer {
 public:
  /// Reads what has come so far, and sends.
  struct Connection {
    SSL* tls;
    std::string read() const {
      char buffer[8192];
      const int size = SSL_read(tls, buffer, sizeof buffer);
      return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : std::string();
    }
    void send(std::string_view bytes) const {
      SSL_write(tls, bytes.data(), static_cast<int>(bytes.size()));
    }
  };
  using Handler = std::function<void(const Connection&)>;

  /// The certificate, for `localhost`, is written to `ca_file`.
  TlsServer(const std::filesystem::path& ca_file, Handler handler)
      : context_(SSL_CTX_new(TLS_server_method())), handler_(std::move(handler)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a socket that the client has left
    make_certificate(ca_file);
    thread_ = std::jthread([this] { serve(); });
  }
  TlsServer(TlsServer&&) = delete;
  ~TlsServer() {
    listener_.shut_down();
    thread_ = {};
  }
  int port() const { return listener_.port(); }

 private:
  using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
  using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
  using Context = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
  using Session = std::unique_ptr<SSL, FreeBy<SSL_free>>;

  void make_certificate(const std::filesystem::path& ca_file) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>> names(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    X509_add_ext(certificate.get(), names.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    if (FILE* file = std::fopen(ca_file.c_str(), "w")) {
      PEM_write_X509(file, certificate.get());
      std::fclose(file);
    }
  }

  void serve() {
    while (true) {
      const int connection = listener_.accept();
      if (connection < 0) return;
      const Session tls(SSL_new(context_.get()));
      SSL_set_fd(tls.get(), connection);
      if (SSL_accept(tls.get()) == 1) {
        handler_({tls.get()});
        SSL_shutdown(tls.get());
      }
      ::close(connection);
    }
  }

  Context context_;
  Handler handler_;
  LoopbackListener listener_;
  std::jthread thread_;
};

}  // namespace dgxp
