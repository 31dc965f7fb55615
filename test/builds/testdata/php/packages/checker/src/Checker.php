<?php

namespace Checker;

class Checker
{
}
