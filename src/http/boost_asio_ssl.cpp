// The TLS half of Asio, compiled once like its other half in src/async.
#include <boost/asio/ssl/impl/src.hpp>
