#pragma once
// Requests that no honest client sends, and what each is answered with. Under the default limits.

#include <string>
#include <vector>

namespace everlong::http::test {

struct HostileRequest {
    const char* name;
    std::string bytes;
    int status;
};

inline const std::vector<HostileRequest>& hostile_requests() {
    using namespace std::string_literals;
    const std::string host = "Host: h\r\n";
    const std::string get = "GET / HTTP/1.1\r\n" + host;
    const std::string post = "POST / HTTP/1.1\r\n" + host;
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    static const std::vector<HostileRequest> kRequests = {
        // The request line.
        {"TLS client hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
        {"a line of garbage", "garbage\r\n\r\n", 400},
        {"two empty lines before it", "\r\n\r\n" + get + "\r\n", 400},
        {"bare LF before it", "\n" + get + "\r\n", 400},
        {"no version (HTTP/0.9)", "GET /\r\n\r\n", 400},
        {"empty method", " / HTTP/1.1\r\n" + host + "\r\n", 400},
        {"lower-case method", "get / HTTP/1.1\r\n" + host + "\r\n", 400},
        {"method with a mark", "G@T / HTTP/1.1\r\n" + host + "\r\n", 400},
        {"method of 21 letters", "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n" + host + "\r\n", 400},
        {"tab for a blank", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", 400},
        {"two blanks before the target", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
        {"two blanks behind the target", "GET /  HTTP/1.1\r\n" + host + "\r\n", 400},
        {"blank in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
        {"blank behind the version", "GET / HTTP/1.1 \r\n" + host + "\r\n", 400},
        {"empty target", "GET  HTTP/1.1\r\n" + host + "\r\n", 400},
        {"relative target", "GET me HTTP/1.1\r\n" + host + "\r\n", 400},
        {"absolute target", "GET http://h/ HTTP/1.1\r\n" + host + "\r\n", 400},
        {"target of CONNECT", "CONNECT h:443 HTTP/1.1\r\n" + host + "\r\n", 400},
        {"asterisk without OPTIONS", "GET * HTTP/1.1\r\n" + host + "\r\n", 400},
        {"fragment in the target", "GET /#top HTTP/1.1\r\n" + host + "\r\n", 400},
        {"byte above ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", 400},
        {"NUL in the target", "GET /\0 HTTP/1.1\r\n"s + host + "\r\n", 400},
        {"DEL in the target", "GET /\x7f HTTP/1.1\r\n" + host + "\r\n", 400},
        {"wrong protocol", "GET / HTTPS/1.1\r\n" + host + "\r\n", 400},
        {"lower-case protocol", "GET / http/1.1\r\n" + host + "\r\n", 400},
        {"version without digits", "GET / HTTP/x.y\r\n" + host + "\r\n", 400},
        {"version of three digits", "GET / HTTP/1.10\r\n" + host + "\r\n", 400},
        {"version 2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"version 2.0 of a plain target", "GET / HTTP/2.0\r\n" + host + "\r\n", 505},
        {"version 0.9 spelt out", "GET / HTTP/0.9\r\n" + host + "\r\n", 505},
        {"request line ended by LF alone", "GET / HTTP/1.1\n" + host + "\r\n", 400},
        {"CR inside the request line", "GET /\r HTTP/1.1\r\n" + host + "\r\n", 400},
        // Fields.
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", get + host + "\r\n", 400},
        {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\n" + host + host + "\r\n", 400},
        {"field ended by LF alone", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
        {"head ended by LF alone", get + "\n", 400},
        {"CR inside a value", get + "A: b\rc\r\n\r\n", 400},
        {"folded line", get + "A: b\r\n c\r\n\r\n", 400},
        {"line folded by a tab", get + "A: b\r\n\tc\r\n\r\n", 400},
        {"blank before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        {"blank before the colon", get + "A : b\r\n\r\n", 400},
        {"no colon", get + "A\r\n\r\n", 400},
        {"no name", get + ": b\r\n\r\n", 400},
        {"bracket in a name", get + "A(b): c\r\n\r\n", 400},
        {"byte above ASCII in a name", get + "\xc3\xa9: c\r\n\r\n", 400},
        {"NUL in a name", get + "A\0: b\r\n\r\n"s, 400},
        {"NUL in a value", get + "A: b\0c\r\n\r\n"s, 400},
        {"escape character in a value", get + "A: b\x1b[0m\r\n\r\n", 400},
        {"DEL in a value", get + "A: b\x7f\r\n\r\n", 400},
        {"unknown expectation", post + "Expect: tea\r\nContent-Length: 1\r\n\r\nx", 417},
        // Lengths.
        {"two equal Content-Lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
        {"two different Content-Lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
        {"list of Content-Lengths", post + "Content-Length: 1, 1\r\n\r\nx", 400},
        {"empty Content-Length", post + "Content-Length:\r\n\r\n", 400},
        {"negative Content-Length", post + "Content-Length: -1\r\n\r\n", 400},
        {"Content-Length with a plus", post + "Content-Length: +1\r\n\r\nx", 400},
        {"hexadecimal Content-Length", post + "Content-Length: 0x1\r\n\r\nx", 400},
        {"Content-Length with a fraction", post + "Content-Length: 1.0\r\n\r\nx", 400},
        {"Content-Length beyond 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n", 400},
        {"Content-Length at 64 bits", post + "Content-Length: 18446744073709551615\r\n\r\n", 413},
        {"length, then coding", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"coding, then length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
        {"unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", 400},
        {"coding in front of chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
        {"coding behind chunked", post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400},
        {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"chunked with a parameter", post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 400},
        {"identity coding", post + "Transfer-Encoding: identity\r\n\r\n", 400},
        {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        // Chunks.
        {"chunk size no number", chunked + "x\r\n\r\n", 400},
        {"empty chunk size", chunked + "\r\n0\r\n\r\n", 400},
        {"negative chunk size", chunked + "-1\r\nx\r\n0\r\n\r\n", 400},
        {"chunk size with 0x", chunked + "0x1\r\nx\r\n0\r\n\r\n", 400},
        {"chunk size beyond 64 bits", chunked + "1ffffffffffffffff\r\nx\r\n0\r\n\r\n", 400},
        {"chunk size at 64 bits", chunked + "ffffffffffffffff\r\nx\r\n0\r\n\r\n", 413},
        {"blank before the chunk size", chunked + " 1\r\nx\r\n0\r\n\r\n", 400},
        {"chunk size ended by LF alone", chunked + "1\nx\r\n0\r\n\r\n", 400},
        {"chunk longer than it said", chunked + "1\r\nxy\r\n0\r\n\r\n", 400},
        {"chunk ended by LF alone", chunked + "1\r\nx\n0\r\n\r\n", 400},
        {"folded trailer", chunked + "0\r\n A: b\r\n\r\n", 400},
        {"endless chunk extension", chunked + "1;" + std::string(70'000, 'a'), 400},
    };
    return kRequests;
}

} // namespace everlong::http::test
