#include <curl/curl.h>

/* Fetches what it is told to, by https. */
int main(int argc, char **argv)
{
    if (argc < 2 || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
        return 1;
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, argv[1]);
    return curl_easy_perform(c) != CURLE_OK;
}
