#include "count.h"
#include <sqlite3.h>
#include <sstream>
#include <zlib.h>

std::map<std::string, int> count(const std::string &text) {
    sqlite3 *db = nullptr;
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "CREATE TABLE words (word TEXT)", nullptr, nullptr, nullptr);
    sqlite3_stmt *insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO words VALUES (?)", -1, &insert, nullptr);
    std::istringstream in(text);
    for (std::string word; in >> word;) {
        sqlite3_bind_text(insert, 1, word.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    std::map<std::string, int> counts;
    sqlite3_stmt *select = nullptr;
    sqlite3_prepare_v2(db, "SELECT word, count(*) FROM words GROUP BY word", -1, &select, nullptr);
    while (sqlite3_step(select) == SQLITE_ROW)
        counts[reinterpret_cast<const char *>(sqlite3_column_text(select, 0))] = sqlite3_column_int(select, 1);
    sqlite3_finalize(select);
    sqlite3_close(db);
    return counts;
}

unsigned long checksum(const std::string &text) {
    return crc32(0, reinterpret_cast<const unsigned char *>(text.data()), text.size());
}
