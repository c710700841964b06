// The one place of the protocol's programs that compiles Boost.JSON. The server compiles it for its own wire module too: both are
// archive members with the same content, of which a program links one.
#include <boost/json/src.hpp>
