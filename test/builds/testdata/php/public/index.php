<?php

require __DIR__ . '/../vendor/autoload.php';

echo Greeter\Greeter::greet('zoë'), "\n";
