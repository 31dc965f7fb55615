#include <curl/curl.h>

/* A program as small as can be that is linked with a library. */
int main(void)
{
    return curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK;
}
