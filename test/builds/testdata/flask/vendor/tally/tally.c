#include <Python.h>

static PyObject *words(PyObject *self, PyObject *text) {
    const char *s = PyUnicode_AsUTF8(text);
    if (s == NULL)
        return NULL;
    long n = 0;
    for (int in = 0; *s; s++) {
        if (*s == ' ')
            in = 0;
        else if (!in)
            in = 1, n++;
    }
    return PyLong_FromLong(n);
}

static PyMethodDef methods[] = {{"words", words, METH_O, "the number of words"}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "tally", NULL, -1, methods};
PyMODINIT_FUNC PyInit_tally(void) { return PyModule_Create(&module); }
