<?php

namespace Greeter;

class Greeter
{
    public static function greet(string $name): string
    {
        return mb_strtoupper("hello $name");
    }
}
