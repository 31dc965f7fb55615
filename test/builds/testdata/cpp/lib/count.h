#pragma once
#include <map>
#include <string>

// count returns how often each word of a text is in it.
std::map<std::string, int> count(const std::string &text);

// checksum is the CRC-32 of a text.
unsigned long checksum(const std::string &text);
