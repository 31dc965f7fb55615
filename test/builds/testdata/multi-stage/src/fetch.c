#include <curl/curl.h>

int main(int argc, char **argv) {
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, argv[1]);
    return curl_easy_perform(c);
}
