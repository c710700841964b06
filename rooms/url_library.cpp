// Boost.URL, compiled once. Debian's Boost is used as headers only; its sources come through this one file.
#include <boost/url/src.hpp>
