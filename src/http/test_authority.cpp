#include <http/test_authority.hpp>

#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace everlong::http {
namespace {

// Clients refuse server certificates that are good for longer; clocks that are a little behind are no reason to fail.
constexpr long kDaysValid = 397;
constexpr long kSecondsAday = 86'400;
constexpr long kDaysBack = 1;
// A name that nobody can have (RFC 6761).
constexpr const char* kOtherName = "elsewhere.invalid";
constexpr long kVersion3 = 2; // as X.509 counts

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Bio = std::unique_ptr<BIO, Free>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return text_of(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio.get());
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// From and until, in days from now.
struct Validity {
    long from = -kDaysBack;
    long until = kDaysValid;
};

// Everything but the extensions and the signature.
Certificate begin_certificate(EVP_PKEY* key, const std::string& name, long serial, Validity validity) {
    Certificate certificate(X509_new());
    if (!certificate) return certificate;
    X509_set_version(certificate.get(), kVersion3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from * kSecondsAday);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.until * kSecondsAday);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

bool is_address(const std::string& name) {
    return name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
}

std::string to_alternatives(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    return text;
}

std::unexpected<Error> failed() {
    return fail(Code::kTls, Fault::kLocal, "the simulator's certificates could not be made");
}

struct Signer {
    X509* certificate = nullptr;
    EVP_PKEY* key = nullptr;
};

// A server's certificate; without a signer it signs itself. Empty where it could not be made.
TlsIdentity make_server(const Signer& signer, const std::vector<std::string>& names, long serial,
                        Validity validity = {}) {
    const Key key(EVP_EC_gen("P-256"));
    if (!key) return {};
    const Certificate server = begin_certificate(key.get(), "Everlong simulator", serial, validity);
    if (!server) return {};
    X509* issuer = signer.certificate == nullptr ? server.get() : signer.certificate;
    EVP_PKEY* hand = signer.key == nullptr ? key.get() : signer.key;
    X509_set_issuer_name(server.get(), X509_get_subject_name(issuer));
    const bool is_good = add_extension(server.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                         add_extension(server.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
                         add_extension(server.get(), issuer, NID_ext_key_usage, "serverAuth") &&
                         add_extension(server.get(), issuer, NID_subject_key_identifier, "hash") &&
                         add_extension(server.get(), issuer, NID_authority_key_identifier, "keyid:always") &&
                         add_extension(server.get(), issuer, NID_subject_alt_name, to_alternatives(names)) &&
                         X509_sign(server.get(), hand, EVP_sha256()) > 0;
    if (!is_good) return {};
    const std::string chain = signer.certificate == nullptr ? std::string() : to_pem(signer.certificate);
    return {to_pem(server.get()) + chain, to_pem(key.get())};
}

} // namespace

Result<TestAuthority> make_test_authority(const std::vector<std::string>& names) {
    const Key ca_key(EVP_EC_gen("P-256"));
    if (!ca_key) return failed();
    const Certificate ca = begin_certificate(ca_key.get(), "Everlong simulator (good for nothing else)", 1, {});
    if (!ca) return failed();
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    const bool is_good = add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                         add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                         add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") &&
                         X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0;
    if (!is_good) return failed();
    const Signer signer{ca.get(), ca_key.get()};
    TestAuthority authority{to_pem(ca.get()), make_server(signer, names, 2),
                            make_server(signer, names, 3, {-2 * kDaysBack, -kDaysBack}),
                            make_server(signer, {kOtherName}, 4), make_server({}, names, 5)};
    for (const TlsIdentity* identity :
         {&authority.server, &authority.expired, &authority.wrong_host, &authority.self_signed}) {
        if (identity->certificate.empty()) return failed();
    }
    return authority;
}

} // namespace everlong::http
